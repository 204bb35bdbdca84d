#include <string.h>

#include "web/handlers.h"
#include "web/html.h"
#include "web/page.h"
#include "web/session.h"
#include "web/web.h"

#define NAME_MAX_BYTES 64
#define PASSWORD_MAX_BYTES 512

/* Where to go afterwards: a path of ours, never another place. */
static const char *local_path(const char *to)
{
    return to && to[0] == '/' && to[1] != '/' && !strchr(to, '\\') ? to : "/";
}

void page_login(struct exchange *x, const char *sentence, const char *to)
{
    struct buf *out = &x->reply;
    page_begin(x, "Sign in", PLACE_NONE);
    html(out, "<h1>Sign in</h1>");
    if (sentence)
        html(out, "<p class=\"note\" role=\"alert\">{}</p>", sentence);
    html(out, "<form class=\"lead\" method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"to\" value=\"{}\">"
              "<label>Name<input name=\"user\" autocomplete=\"username\" autocapitalize=\"none\" required></label>"
              "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required>"
              "</label><button class=\"main\">Sign in</button></form><p class=\"fine\">The first user is made on the "
              "machine hayloft runs on: <code>hayloft user add NAME</code></p>", to);
    page_end(x);
}

void page_login_get(struct exchange *x)
{
    page_login(x, NULL, local_path(parameter(&x->target.query, "to")));
    reply_html(x, 200);
}

void page_login_post(struct exchange *x)
{
    const char *user = parameter(&x->form.fields, "user");
    const char *password = parameter(&x->form.fields, "password");
    const char *to = local_path(parameter(&x->form.fields, "to"));
    if (!session_is_same_origin(x)) {
        x->web->refused++;
        reply_error(x, 403, "This did not come from a page of ours.");
    } else if (!user || !password || strlen(user) > NAME_MAX_BYTES ||
               strlen(password) > PASSWORD_MAX_BYTES) {
        page_login(x, "Name and password do not fit.", to);
        reply_html(x, 403);
    } else {
        session_login(x, user, password, to);
    }
}

void page_logout_post(struct exchange *x)
{
    session_logout(x);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "poller/base/json.h"
#include "poller/document/documents.h"

static char folder[64];

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 65536);
    assert_non_null(f);
    assert_true(fread(text, 1, 65535, f) > 0);
    fclose(f);
    return text;
}

/* A database by the shipped schema with what sql puts into it. */
static struct ledger *ledger_with(const char *sql)
{
    char path[128], error[LEDGER_ERROR_MAX], *schema = file_text(SCHEMA);
    sqlite3 *db;
    snprintf(folder, sizeof folder, "/tmp/ledger-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/hayloft.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, schema, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(schema);
    struct ledger *l = ledger_open(folder, error);
    assert_non_null(l);
    return l;
}

static void done(struct ledger *l)
{
    char path[128];
    ledger_close(l);
    snprintf(path, sizeof path, "%s/hayloft.db", folder);
    unlink(path);
    rmdir(folder);
}

#define AN_INCIDENT(id, opened, resolved)                                                          \
    "INSERT INTO incident VALUES ('" id "', 0, 1, " opened ", " resolved ", NULL, NULL, 'wake',"   \
    " 'site-cut-off', 'likely', 'The barn is cut off', 'Is there light?', NULL, NULL, NULL, NULL," \
    " 'barn', x'00');"

static void an_incident_comes_as_the_promised_document(void **state)
{
    struct ledger *l = ledger_with(
        AN_INCIDENT("a-1", "1700000000000000000", "NULL")
        "INSERT INTO incident_affected VALUES ('a-1', 'cam'), ('a-1', 'barn-node');"
        "INSERT INTO incident_evidence VALUES ('a-1', 2, 'second', 'ping', 1700000000000000000),"
        " ('a-1', 1, 'first <b>', 'ping', 1700000000000000000);"
        "INSERT INTO outbox (key, incident, receiver, kind, created, attempts) VALUES"
        " ('k', 'a-1', 'me', 'opened', 1, 2);");
    cJSON *i = ledger_incident(l, "a-1");
    assert_string_equal(json_text(i, "severity"), "wake");
    assert_true(cJSON_IsNull(json_member(i, "resolved")));
    assert_string_equal(json_text(json_member(i, "cause"), "kind"), "site-cut-off");
    assert_string_equal(json_text(json_member(i, "cause"), "site"), "barn");
    assert_int_equal(cJSON_GetArraySize(json_member(i, "affected")), 2);
    assert_string_equal(json_text(json_member(i, "evidence")->child, "fact"), "first <b>");
    assert_int_equal(json_number(json_member(i, "messages")->child, "attempts", 0), 2);
    cJSON_Delete(i);
    assert_null(ledger_incident(l, "a-1' OR 1"));
    done(l);
}

static void a_database_that_was_replaced_is_noticed(void **state)
{
    char path[128], aside[160];
    struct ledger *l = ledger_with("");
    assert_false(ledger_is_replaced(l));
    snprintf(path, sizeof path, "%s/hayloft.db", folder);
    snprintf(aside, sizeof aside, "%s.bad", path);
    assert_int_equal(rename(path, aside), 0);
    assert_false(ledger_is_replaced(l)); /* not yet: there is nothing better to read */
    fclose(fopen(path, "w"));
    assert_true(ledger_is_replaced(l));
    unlink(aside);
    done(l);
}

static void open_ones_are_told_apart_from_all(void **state)
{
    struct ledger *l = ledger_with(AN_INCIDENT("a-1", "100", "200") AN_INCIDENT("b-2", "300", "NULL")
                                       AN_INCIDENT("c-3", "400", "NULL"));
    cJSON *open = ledger_incidents(l, LEDGER_OPEN, (struct wall){0}, 10);
    cJSON *all = ledger_incidents(l, LEDGER_ALL, (struct wall){0}, 10);
    cJSON *older = ledger_incidents(l, LEDGER_ALL, (struct wall){300}, 10);
    assert_int_equal(cJSON_GetArraySize(open), 2);
    assert_string_equal(json_text(open->child, "id"), "c-3");
    assert_int_equal(cJSON_GetArraySize(all), 3);
    assert_int_equal(cJSON_GetArraySize(older), 1);
    cJSON_Delete(open);
    cJSON_Delete(all);
    cJSON_Delete(older);
    done(l);
}

static void the_last_message_to_a_receiver_tells_its_fate(void **state)
{
    struct ledger *l = ledger_with(
        "INSERT INTO outbox (key, receiver, kind, created, state, attempts, sent, error) VALUES"
        " ('a', 'me', 'opened', 1, 'sent', 1, 1700000000000000000, NULL),"
        " ('b', 'me', 'test', 2, 'refused', 3, NULL, '404'),"
        " ('c', 'me', 'resolved', 3, 'sent', 1, 1700000000000000000, NULL),"
        " ('d', 'me', 'opened', 4, 'withdrawn', 0, NULL, NULL),"
        " ('e', 'you', 'opened', 5, 'waiting', 0, NULL, NULL);");
    cJSON *any = ledger_last_message(l, "me", LEDGER_ANY_KIND);
    cJSON *test = ledger_last_message(l, "me", MESSAGE_TEST);
    struct wall at;
    assert_string_equal(json_text(any, "kind"), "resolved");
    assert_true(wall_parse(json_text(any, "sent"), &at));
    assert_string_equal(json_text(test, "state"), "refused");
    assert_string_equal(json_text(test, "error"), "404");
    assert_int_equal(json_number(test, "attempts", 0), 3);
    assert_true(json_number(test, "position", 0) < json_number(any, "position", 0));
    assert_null(ledger_last_message(l, "me", MESSAGE_DIGEST));
    assert_null(ledger_last_message(l, "nobody", LEDGER_ANY_KIND));
    cJSON_Delete(any);
    cJSON_Delete(test);
    done(l);
}

static void text_that_is_no_utf8_is_mended_not_lost(void **state)
{
    struct ledger *l = ledger_with(
        AN_INCIDENT("a-1", "100", "NULL")
        "INSERT INTO incident_timeline VALUES ('a-1', 1, 5, CAST(x'61ff62' AS TEXT));");
    cJSON *i = ledger_incident(l, "a-1");
    assert_string_equal(json_text(json_member(i, "timeline")->child, "text"), "a\xef\xbf\xbd" "b");
    cJSON_Delete(i);
    done(l);
}

#define AN_EVENT(id, at, from, to)                                                                 \
    "INSERT INTO event (id, at, kind, node, from_state, to_state) VALUES ('" id "', " at ","       \
    " 'state', 'cam', '" from "', '" to "');"

static void availability_walks_through_the_events(void **state)
{
    struct ledger *l = ledger_with(AN_EVENT("1", "1000", "up", "down") AN_EVENT("2", "1100", "down", "unreachable")
                                       AN_EVENT("3", "1200", "unreachable", "up")
                                       AN_EVENT("4", "1500", "up", "down")
                                       AN_EVENT("5", "1550", "down", "degraded"));
    struct availability a;
    assert_true(ledger_availability(l, "cam", STATE_DEGRADED, (struct wall){0}, (struct wall){2000}, &a));
    assert_int_equal(a.outages, 2);
    assert_int_equal(a.longest_ns, 200);
    assert_int_equal(a.known_ns, 2000);
    assert_int_equal(a.available_ns, 1750);
    assert_true(ledger_availability(l, "cam", STATE_UP, (struct wall){1150}, (struct wall){1250}, &a));
    assert_int_equal(a.available_ns, 50);
    assert_true(ledger_availability(l, "other", STATE_UP, (struct wall){0}, (struct wall){10}, &a));
    assert_int_equal(a.available_ns, 10);
    done(l);
}

static void a_database_that_is_not_there_is_said(void **state)
{
    char error[LEDGER_ERROR_MAX];
    assert_null(ledger_open("/nonexistent", error));
    assert_non_null(strstr(error, "/nonexistent/hayloft.db"));
}

static void the_report_counts_and_keeps_what_touches_its_span(void **state)
{
    struct ledger *l = ledger_with(
        AN_INCIDENT("a-1", "1000000000", "2000000000")
        AN_INCIDENT("b-2", "1000000000000", "NULL")
        "INSERT INTO event (id, at, kind, node, text) VALUES ('9', 1000000000001, 'rebooted', 'cam', 'x');");
    cJSON *report = document_report(NULL, l, (struct wall){SECONDS(900)}, (struct wall){SECONDS(1100)});
    assert_int_equal(cJSON_GetArraySize(json_member(report, "incidents")), 1);
    assert_int_equal(cJSON_GetArraySize(json_member(report, "changes")), 1);
    assert_string_equal(json_text(report, "verdict"), "unknown");
    cJSON_Delete(report);
    done(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_comes_as_the_promised_document),
        cmocka_unit_test(a_database_that_was_replaced_is_noticed),
        cmocka_unit_test(open_ones_are_told_apart_from_all),
        cmocka_unit_test(the_last_message_to_a_receiver_tells_its_fate),
        cmocka_unit_test(text_that_is_no_utf8_is_mended_not_lost),
        cmocka_unit_test(availability_walks_through_the_events),
        cmocka_unit_test(a_database_that_is_not_there_is_said),
        cmocka_unit_test(the_report_counts_and_keeps_what_touches_its_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Keys and ciphers against numbers from the standards; and that the libraries below open no file.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "collectors/protocol/snmp_keys.h"
#include "poller/base/sandbox.h"

static const uint8_t engine[12] = {[11] = 2}; /* of RFC 3414 appendix A */

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t len = 0;
    unsigned byte;
    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        out[len++] = (uint8_t)byte;
    return len;
}

static void assert_bytes(const uint8_t *got, size_t len, const char *hex)
{
    uint8_t want[256];
    assert_int_equal(from_hex(hex, want), len);
    assert_memory_equal(got, want, len);
}

static void assert_keys(const char *password, enum snmp_auth auth, const char *master_hex,
                        const char *localized_hex)
{
    struct snmp_passwords p = {.level = SNMP_AUTH_NO_PRIV, .auth = auth, .auth_password = password};
    struct snmp_keys master, keys;
    assert_true(snmp_keys_master(&p, &master));
    if (master_hex)
        assert_bytes(master.auth_key.bytes, master.auth_key.len, master_hex);
    assert_true(snmp_keys_localize(&master, engine, sizeof engine, &keys));
    assert_bytes(keys.auth_key.bytes, keys.auth_key.len, localized_hex);
}

/* RFC 3414, appendices A.3.1, A.3.2 and A.5 */
static void passwords_become_the_keys_of_the_standard(void **state)
{
    assert_keys("maplesyrup", SNMP_MD5, "9faf3283884e92834ebc9847d8edd963",
                "526f5eed9fcce26f8964c2930787d82b");
    assert_keys("maplesyrup", SNMP_SHA1, "9fb5cc0381497b3793528939ff788d5d79145211",
                "6695febc9288e36282235fc7151f128497b38f3f");
    assert_keys("newsyrup", SNMP_MD5, NULL, "87021d7bd9d101ba05ea6e3bf9d9bd4a");
    assert_keys("newsyrup", SNMP_SHA1, NULL, "78e2dcce79d59403b58c1bbaa5bff46391f1cd25");
}

/* RFC 7860 gives no numbers: these are its section 4.2.2 by Python's hashlib. */
static void sha_2_keys_are_made_in_the_same_way(void **state)
{
    assert_keys("maplesyrup", SNMP_SHA224,
                "282a5867ee9aac639ad59df9572c7d3ac0fbc13a905b6df07dbbf00b",
                "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674");
    assert_keys("maplesyrup", SNMP_SHA256,
                "ab51014d1e077f6017df2b12bee5f5aa72993177e9bb569c4dff5a4ca0b4afac",
                "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b");
    assert_keys("maplesyrup", SNMP_SHA384,
                "e06eccdf2c68a06ed034723c9c26e0db3b669e1e2efed49150b55377a2e98f38"
                "3c86fb836857444654b287c93f51ff64",
                "3b298f16164a11184279d5432bf169e2d2a48307de02b3d3f7e2b4f36eb6f045"
                "5a53689a3937eea07319a633d2ccba78");
    assert_keys("maplesyrup", SNMP_SHA512,
                "7e4396de5aadc77be853819b98c9406265b3a9c37cc3176569847a4e4f6fba63"
                "dd3a73d04924d31a63f95a601f9385af6be4ed1b37f87d040f7c6ed6f8d38a91",
                "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099"
                "ad1ea87a8db096714d9788bd544047c9021e4229ce27e4c0a69250adfcffbb0b");
}

static void assert_cipher_key(enum snmp_auth auth, enum snmp_priv priv, const char *hex)
{
    struct snmp_passwords p = {.level = SNMP_AUTH_PRIV,
                               .auth = auth,
                               .priv = priv,
                               .auth_password = "something else",
                               .priv_password = "maplesyrup"};
    struct snmp_keys master, keys;
    assert_true(snmp_keys_master(&p, &master));
    assert_true(snmp_keys_localize(&master, engine, sizeof engine, &keys));
    assert_bytes(keys.priv_key.bytes, keys.priv_key.len, hex);
}

/* By digest: draft-blumenthal-aes-usm-04. By password: the numbers of
 * draft-reeder-snmpv3-usm-3desede-00, appendix B, cut to the length AES takes. */
static void keys_are_made_longer_in_both_ways_in_use(void **state)
{
    assert_cipher_key(SNMP_MD5, SNMP_AES256,
                      "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f4b09192be10dfaec");
    assert_cipher_key(SNMP_MD5, SNMP_AES256C,
                      "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12");
    assert_cipher_key(SNMP_SHA1, SNMP_AES192, "6695febc9288e36282235fc7151f128497b38f3f505e07eb");
    assert_cipher_key(SNMP_SHA1, SNMP_AES256,
                      "6695febc9288e36282235fc7151f128497b38f3f505e07eb9af25568fa1f5dbe");
    assert_cipher_key(SNMP_SHA1, SNMP_AES192C, "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78");
    assert_cipher_key(SNMP_SHA1, SNMP_AES256C,
                      "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c");
}

static void a_digest_that_is_long_enough_is_not_made_longer(void **state)
{
    static const char key[] = "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b";
    assert_cipher_key(SNMP_SHA256, SNMP_AES256, key);
    assert_cipher_key(SNMP_SHA256, SNMP_AES256C, key);
    assert_cipher_key(SNMP_SHA256, SNMP_AES128, "8982e0e549e866db361a6b625d84cccc");
    assert_cipher_key(SNMP_SHA256, SNMP_DES, "8982e0e549e866db361a6b625d84cccc");
}

static struct snmp_keys with_cipher_key(enum snmp_priv priv, const char *hex)
{
    struct snmp_keys k = {.level = SNMP_AUTH_PRIV, .priv = priv};
    k.priv_key.len = from_hex(hex, k.priv_key.bytes);
    return k;
}

static void assert_cipher(const struct snmp_keys *k, const struct snmp_salting *s,
                          const char *clear_hex, const char *cipher_hex)
{
    uint8_t clear[128], cipher[128 + SNMP_CIPHER_SLACK], back[128 + SNMP_CIPHER_SLACK];
    size_t len = from_hex(clear_hex, clear), cipher_len, back_len;
    assert_true(snmp_keys_encrypt(k, s, clear, len, cipher, &cipher_len));
    assert_bytes(cipher, cipher_len, cipher_hex);
    assert_true(snmp_keys_decrypt(k, s, cipher, cipher_len, back, &back_len));
    assert_int_equal(back_len, len);
    assert_memory_equal(back, clear, len);
}

/* NIST SP 800-38A, F.3.13, F.3.15, F.3.17: CFB128. Its vector is boots, time and salt side by side.
 */
static void aes_is_the_cipher_feedback_of_the_standard(void **state)
{
    static const struct snmp_salting s = {0x00010203, 0x04050607, {8, 9, 10, 11, 12, 13, 14, 15}};
    static const char clear[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
    struct snmp_keys k = with_cipher_key(SNMP_AES128, "2b7e151628aed2a6abf7158809cf4f3c");
    assert_cipher(&k, &s, clear,
                  "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b");
    k = with_cipher_key(SNMP_AES192, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b");
    assert_cipher(&k, &s, clear,
                  "cdc80d6fddf18cab34c25909c99a417467ce7f7f81173621961a2b70171d3d7a");
    k = with_cipher_key(SNMP_AES256,
                        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
    assert_cipher(&k, &s, clear,
                  "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b");
    k.priv = SNMP_AES256C;
    assert_cipher(&k, &s, clear,
                  "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b");
}

/* FIPS 81, table C1: "Now is the time for all " by CBC. The vector is salt and second half of the
 * key. */
static void des_is_the_block_chaining_of_the_standard(void **state)
{
    static const struct snmp_salting s = {1, 1, {0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef}};
    struct snmp_keys k = with_cipher_key(SNMP_DES, "0123456789abcdef0000000000000000");
    assert_cipher(&k, &s, "4e6f77206973207468652074696d6520666f7220616c6c20",
                  "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
}

static void des_takes_whole_blocks_only(void **state)
{
    static const struct snmp_salting s = {1, 1, {0}};
    struct snmp_keys k = with_cipher_key(SNMP_DES, "0123456789abcdef0000000000000000");
    uint8_t text[24] = {0}, out[32 + SNMP_CIPHER_SLACK];
    size_t len;
    assert_true(snmp_keys_encrypt(&k, &s, text, 13, out, &len)); /* filled up */
    assert_int_equal(len, 16);
    assert_false(snmp_keys_decrypt(&k, &s, text, 13, out, &len));
    assert_false(snmp_keys_decrypt(&k, &s, text, 0, out, &len));
}

static void short_passwords_make_no_keys(void **state)
{
    struct snmp_passwords p = {
        .level = SNMP_AUTH_NO_PRIV, .auth = SNMP_SHA256, .auth_password = "7 chars"};
    struct snmp_keys master;
    assert_false(snmp_keys_master(&p, &master));
}

static void keys_without_a_level_for_them_are_not_made(void **state)
{
    struct snmp_passwords p = {.level = SNMP_NO_AUTH, .auth = SNMP_SHA256, .priv = SNMP_AES128};
    struct snmp_keys master, keys;
    uint8_t out[32];
    size_t len;
    assert_true(snmp_keys_master(&p, &master));
    assert_true(snmp_keys_localize(&master, engine, sizeof engine, &keys));
    assert_int_equal(keys.auth_key.len, 0);
    assert_false(snmp_keys_encrypt(&keys, &(struct snmp_salting){0}, out, 8, out + 8, &len));
}

static void everything_the_standards_name_is_there(void **state)
{
    for (int a = SNMP_MD5; a <= SNMP_SHA512; a++)
        for (int p = SNMP_DES; p <= SNMP_AES256C; p++)
            assert_true(snmp_keys_can(SNMP_AUTH_PRIV, (enum snmp_auth)a, (enum snmp_priv)p));
}

/* ---- the library comes late ---- */

/* By then the engine has its fence around it. */
static void the_library_passes_the_fence(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    print_message("# the list of calls is off under AddressSanitizer: skipped\n");
    return;
#endif
    struct snmp_keys keys;
    struct snmp_passwords p = {SNMP_AUTH_PRIV, SNMP_SHA256, SNMP_AES128, "maplesyrup", "maplesyrup"};
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        snmp_keys_prepare();
        if (!sandbox_enter(SANDBOX_ENGINE, &(struct sandbox_paths){.strict = true}))
            _exit(2);
        _exit(!snmp_keys_master(&p, &keys));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- no file is opened ---- */

static void use_everything(void)
{
    struct snmp_keys master, keys;
    uint8_t text[64] = {0}, cipher[64 + SNMP_CIPHER_SLACK], digest[SNMP_DIGEST_MAX];
    size_t len;
    snmp_keys_prepare();
    for (int a = SNMP_MD5; a <= SNMP_SHA512; a++)
        for (int p = SNMP_DES; p <= SNMP_AES256C; p++) {
            struct snmp_passwords passwords = {SNMP_AUTH_PRIV, (enum snmp_auth)a, (enum snmp_priv)p,
                                               "maplesyrup", "maplesyrup"};
            struct snmp_salting s = {1, 2, {3}};
            if (!snmp_keys_master(&passwords, &master) ||
                !snmp_keys_localize(&master, engine, sizeof engine, &keys) ||
                !snmp_keys_digest(&keys, text, sizeof text, digest) ||
                !snmp_keys_encrypt(&keys, &s, text, sizeof text, cipher, &len) ||
                !snmp_keys_decrypt(&keys, &s, cipher, len, text, &len))
                _exit(2);
        }
    _exit(0);
}

#ifdef __x86_64__
static bool opens(long call)
{
    return call == SYS_open || call == SYS_openat || call == SYS_openat2 || call == SYS_creat;
}

static void read_path(pid_t pid, const struct user_regs_struct *r, char out[static 256])
{
    unsigned long at =
        (long)r->orig_rax == SYS_open || (long)r->orig_rax == SYS_creat ? r->rdi : r->rsi;
    for (size_t i = 0; i < 248; i += sizeof(long)) {
        long word = ptrace(PTRACE_PEEKDATA, pid, (void *)(at + i), NULL);
        memcpy(out + i, &word, sizeof word);
    }
    out[255] = '\0';
}

/* Follows the child from call to call; true when it ended well. */
static bool watch(pid_t pid, unsigned *opened, char last[static 256])
{
    struct user_regs_struct r;
    int status;
    bool entering = true;
    while (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid) {
        if (WIFEXITED(status))
            return WEXITSTATUS(status) == 0;
        if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80))
            return false;
        if (entering && ptrace(PTRACE_GETREGS, pid, NULL, &r) == 0 && opens((long)r.orig_rax)) {
            ++*opened;
            read_path(pid, &r, last);
        }
        entering = !entering;
    }
    return false;
}

static pid_t start_watched(void (*work)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(3);
        raise(SIGSTOP);
        work();
    }
    waitpid(pid, &status, 0);
    if (WIFEXITED(status) || ptrace(PTRACE_SETOPTIONS, pid, NULL,
                                    (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) != 0)
        return -1;
    return pid;
}

static void open_something(void)
{
    int fd = open("/dev/null", O_RDONLY);
    _exit(fd < 0);
}

static void no_file_is_opened_whatever_is_computed(void **state)
{
    unsigned opened = 0;
    char last[256] = "";
    pid_t pid = start_watched(open_something); /* the watch sees what it is there for */
    if (pid < 0) {
        print_message("# no ptrace here: skipped\n");
        skip();
    }
    assert_true(watch(pid, &opened, last));
    assert_int_equal(opened, 1);
    assert_string_equal(last, "/dev/null");
    opened = 0;
    assert_true(snmp_keys_can(SNMP_AUTH_PRIV, SNMP_SHA256, SNMP_AES128)); /* loads the library itself */
    pid = start_watched(use_everything);
    assert_true(pid > 0);
    bool fine = watch(pid, &opened, last);
    if (opened)
        print_message("# opened %s\n", last);
    assert_true(fine);
    assert_int_equal(opened, 0);
}
#else
static void no_file_is_opened_whatever_is_computed(void **state)
{
    (void)use_everything;
    print_message("# the watch knows x86-64 only: skipped\n");
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_passes_the_fence), /* these first: the libraries are fresh */
        cmocka_unit_test(no_file_is_opened_whatever_is_computed),
        cmocka_unit_test(passwords_become_the_keys_of_the_standard),
        cmocka_unit_test(sha_2_keys_are_made_in_the_same_way),
        cmocka_unit_test(keys_are_made_longer_in_both_ways_in_use),
        cmocka_unit_test(a_digest_that_is_long_enough_is_not_made_longer),
        cmocka_unit_test(aes_is_the_cipher_feedback_of_the_standard),
        cmocka_unit_test(des_is_the_block_chaining_of_the_standard),
        cmocka_unit_test(des_takes_whole_blocks_only),
        cmocka_unit_test(short_passwords_make_no_keys),
        cmocka_unit_test(keys_without_a_level_for_them_are_not_made),
        cmocka_unit_test(everything_the_standards_name_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

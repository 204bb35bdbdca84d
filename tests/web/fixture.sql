-- What happened in the fixture's network: two incidents over, two open, messages sent and waiting.
CREATE TEMP TABLE t AS SELECT unixepoch() * 1000000000 AS now, 60000000000 AS minute;

INSERT INTO incident (id, revision, opened, resolved, acknowledged, acknowledged_by, severity, cause, confidence,
    sentence, check_first, node, port, link, site, packed)
SELECT 'here-1-over', 3, now - 3000 * minute, now - 2990 * minute, now - 2998 * minute, 'admin', 'day', 'port-down',
    'certain', 'Port gi5 of lan-switch went down', 'Is the cable in port gi5 plugged in at both ends?',
    'lan-switch', 'gi5', NULL, 'house', x'00' FROM t
UNION ALL
SELECT 'here-2-open', 1, now - 12 * minute, NULL, NULL, NULL, 'wake', 'site-cut-off',
    'likely', 'The barn is cut off: no power there, or the radio pair', 'Is there light in the barn?',
    'bridge-barn', NULL, 'barn bridge', 'barn', x'00' FROM t
UNION ALL
SELECT 'here-3-open', 1, now - 40 * minute, NULL, NULL, NULL, 'day', 'service-down',
    'certain', 'nas does not answer on port 445', 'Is the file service on nas running?',
    'nas', NULL, NULL, 'house', x'00' FROM t;

INSERT INTO incident (id, revision, opened, resolved, severity, cause, confidence, sentence, check_first, node, port,
    network, packed)
SELECT 'here-0-stranger', 2, now - 4000 * minute, now - 3900 * minute, 'wake', 'rogue-dhcp', 'certain',
    'A stranger hands out addresses on guest', 'Find the device with the MAC 3c:84:6a:01:02:03 and unplug it',
    'lan-switch', 'gi7', 'guest', x'00' FROM t;

INSERT INTO incident_affected VALUES ('here-0-stranger', 'guest'), ('here-2-open', 'bridge-barn'), ('here-2-open', 'barn-node'),
    ('here-2-open', 'barn-cam'), ('here-3-open', 'nas'),
    ('here-2-open', 'a-camera-behind-the-old-cattle-shed-at-the-far-end-of-it-all');

INSERT INTO incident_evidence
SELECT 'here-2-open', 1, 'bridge-barn, barn-node and barn-cam fell silent within 2 s', 'ping', now - 12 * minute FROM t
UNION ALL SELECT 'here-2-open', 2, 'bridge-house answers in 1.1 ms', 'ping bridge-house', now - 12 * minute FROM t
UNION ALL SELECT 'here-0-stranger', 1, '10.9.9.1 (3c:84:6a:01:02:03) offers 10.9.9.9 with gateway 10.9.9.1',
    'VLAN 501', now - 4000 * minute FROM t
UNION ALL SELECT 'here-2-open', 3, '<b>canary</b>', '<img src=x onerror=canary()>', now - 12 * minute FROM t;

INSERT INTO incident_other VALUES ('here-2-open', 1, 'radio-silent', 'bridge-barn or its injector lost power');

INSERT INTO incident_timeline
SELECT 'here-2-open', 1, now - 12 * minute, 'first loss of bridge-barn' FROM t
UNION ALL SELECT 'here-2-open', 2, now - 12 * minute + 8000000000, 'confirmed: 7 echoes in 7 s lost' FROM t
UNION ALL SELECT 'here-2-open', 3, now - 11 * minute, 'message to me' FROM t;

INSERT INTO outbox (key, incident, receiver, kind, created, state, attempts, sent, error)
SELECT 'k1', 'here-2-open', 'me', 'opened', now - 11 * minute, 'sent', 1, now - 11 * minute, NULL FROM t
UNION ALL
SELECT 'k2', 'here-2-open', 'pager', 'opened', now - 11 * minute, 'waiting', 3, NULL, 'connection refused' FROM t;

INSERT INTO event (id, at, kind, node, from_state, to_state)
SELECT 'e1', now - 6000 * minute, 'state', 'router', 'unknown', 'up' FROM t
UNION ALL SELECT 'e2', now - 6000 * minute, 'state', 'bridge-barn', 'unknown', 'up' FROM t
UNION ALL SELECT 'e3', now - 12 * minute, 'state', 'bridge-barn', 'up', 'down' FROM t
UNION ALL SELECT 'e4', now - 700 * minute, 'rebooted', 'lan-switch', NULL, NULL FROM t;
DROP TABLE t;

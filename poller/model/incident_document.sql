-- The incident document as JSON text, from the tables of the store. ?1: the incident's id.
-- Who runs it registers rfc3339(ns), which answers NULL for NULL.
SELECT json_object(
    'id', i.id,
    'opened', rfc3339(i.opened),
    'resolved', rfc3339(i.resolved),
    'acknowledged', rfc3339(i.acknowledged),
    'acknowledged_by', i.acknowledged_by,
    'severity', i.severity,
    'cause', json_object(
        'kind', i.cause, 'sentence', i.sentence, 'check_first', i.check_first,
        'confidence', i.confidence, 'node', i.node, 'port', i.port, 'link', i.link,
        'network', i.network, 'site', i.site),
    'also_possible', json((SELECT json_group_array(json_object('kind', o.cause, 'sentence', o.sentence))
        FROM (SELECT cause, sentence FROM incident_other WHERE incident = i.id ORDER BY position) o)),
    'affected', json((SELECT json_group_array(a.node)
        FROM (SELECT node FROM incident_affected WHERE incident = i.id ORDER BY node) a)),
    'evidence', json((SELECT json_group_array(json_object('fact', e.fact, 'source', e.source,
                                                          'at', rfc3339(e.at)))
        FROM (SELECT fact, source, at FROM incident_evidence WHERE incident = i.id ORDER BY position) e)),
    'timeline', json((SELECT json_group_array(json_object('at', rfc3339(t.at), 'text', t.text))
        FROM (SELECT at, text FROM incident_timeline WHERE incident = i.id ORDER BY position) t)),
    'messages', json((SELECT json_group_array(json_object(
            'receiver', m.receiver, 'kind', m.kind, 'sent', rfc3339(m.sent), 'attempts', m.attempts,
            'error', m.error, 'state', m.state))
        FROM (SELECT receiver, kind, sent, attempts, error, state FROM outbox
              WHERE incident = i.id AND state <> 'withdrawn' ORDER BY position) m))
) FROM incident i WHERE i.id = ?1

/* The one SQL text that makes the incident document (every field of it is a contract): the store hands it
 * to the courier, web and command line show it. It stands in incident_document.sql. */
#ifndef HAYLOFT_MODEL_INCIDENT_DOCUMENT_H
#define HAYLOFT_MODEL_INCIDENT_DOCUMENT_H

extern const char incident_document_sql[]; /* ?1: id; one column, JSON text; needs rfc3339(ns) */

#endif

/* The binary contract between the host and its plugins: this header is the whole of it.
 *
 * C11, no dependencies. One file per kind of plugin:
 *   abi/base.h       text, errors, calls, what the host offers, entry point
 *   abi/source.h     gov.source/1     where documents come from
 *   abi/search.h     gov.search/1     finds passages
 *   abi/auth.h       gov.auth/1       says who is asking
 *   abi/secrets.h    gov.secrets/1    where secrets are kept
 *   abi/transport.h  gov.transport/1  carries messages between clients and the host
 * and one per service of the host:
 *   abi/http.h       gov.http/1       reaches what the operator granted
 *
 * C++ authors include <gov/source.hpp> (or search, auth, secrets, transport) instead. */
#ifndef GOV_ABI_H
#define GOV_ABI_H

#include <gov/abi/auth.h>
#include <gov/abi/base.h>
#include <gov/abi/http.h>
#include <gov/abi/search.h>
#include <gov/abi/secrets.h>
#include <gov/abi/source.h>
#include <gov/abi/transport.h>

#endif

"""Made-up requests against a running server, from its own description, for as long as one likes.

    python benchmarks/fuzz_http.py URL [--seconds 600] [--token TOKEN]

The server is written to: give it a data directory of its own. Prints what failed, and exit code 1.
503 and 429 with `Retry-After` are no failures: the request is sent again.
"""

import argparse
import time
from collections import Counter

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks as openapi_checks

CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
SHED = (429, 503)
"""What a server may always say when it has too much to do; it is asked again."""


def patiently(
    case: Case, headers: dict[str, str], statuses: Counter[int], until: float
) -> Response:
    """Send a request, as often as the server says to come again later, until the time is up."""
    while True:
        response = case.call(headers=headers, timeout=600)
        statuses[response.status_code] += 1
        if response.status_code not in SHED or time.monotonic() > until:
            return response
        time.sleep(float(response.headers["retry-after"][0]))


def main() -> int:
    """Fuzz operation after operation until the time is up."""
    given_words = argparse.ArgumentParser(description=__doc__)
    given_words.add_argument("url")
    given_words.add_argument("--seconds", type=float, default=600)
    given_words.add_argument("--examples", type=int, default=25)
    given_words.add_argument("--token", default="")
    words = given_words.parse_args()
    headers = {"Authorization": f"Bearer {words.token}"} if words.token else {}
    schema = schemathesis.openapi.from_url(f"{words.url}/openapi.json", headers=headers)
    operations = [found.ok() for found in schema.get_all_operations()]
    statuses: Counter[int] = Counter()
    failures: dict[str, str] = {}
    until, turn = time.monotonic() + words.seconds, 0
    while time.monotonic() < until:
        for operation in operations:
            if time.monotonic() > until:
                break

            @seed(turn)
            @settings(
                max_examples=words.examples,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy())
            def hold(case: Case) -> None:
                response = patiently(case, headers, statuses, until)
                if response.status_code in SHED:
                    return
                streamed = case.operation.path.endswith("/stream")
                case.validate_response(response, checks=CHECKS[:-1] if streamed else CHECKS)

            try:
                hold()
            except (Exception, BaseExceptionGroup) as error:
                failures.setdefault(operation.label, str(error)[:2000])
        turn += 1
    print(f"{sum(statuses.values())} requests in {words.seconds:.0f} s, {turn} rounds")
    print("statuses", dict(sorted(statuses.items())))
    for label, text in failures.items():
        print(f"--- {label}\n{text}")
    print(f"{len(failures)} operations failed")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())

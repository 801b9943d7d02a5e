"""Whatever bytes come, a reader ends in an extract that keeps its promises or in our own error."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.corpus.mutations import FORMS, check_file, files, markup, whole

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("form", FORMS)
def test_changed_files(form: str) -> None:
    @FEW
    @given(files(form))
    def run(content: bytes) -> None:
        check_file(content, form)

    run()
    assert check_file(whole(form), form) == ""
    assert check_file(b"", form)


@FEW
@given(markup())
def test_anything_like_html(content: bytes) -> None:
    message = check_file(content, "html")
    assert not message or "甲" in message

"""The pages that need no framework do what they say."""

from pages import run_page


def test_the_page_on_python_does_what_it_says(stage, monkeypatch):
    page = run_page(stage, monkeypatch, "python.md")
    assert page["claimed"].payload == {"order": "A-1003", "amount": 5}
    assert [each["status"] for each in stage.log()][-1:] == ["succeeded"]

"""What stands after a telling name: a password, or the name of a variable."""

import pytest

from tracemedic_processor.redaction import Redactor

PASSWORDS = ["hunter22" + "secret", "password" + "123", "pwd" + "2024", "s3cret" + "pass", "my" + "secretpw"]


@pytest.mark.parametrize("value", PASSWORDS)
def test_a_password_that_contains_a_telling_word_is_still_a_password(value):
    assert value not in Redactor().redact(f"login failed: password={value} for bob").text


@pytest.mark.parametrize("name", ["user_password", "authToken", "api_key_v2", "settings.password"])
def test_a_variable_named_for_a_secret_stays(name):
    assert Redactor().redact(f"    connect(user=u, password={name})").counts == ()

import pytest

from tracemedic_processor.redaction import checks


@pytest.mark.parametrize(
    ("check", "valid", "invalid"),
    [
        (checks.luhn, "4111" + "1111" * 3, "4111" + "1111" * 2 + "1112"),
        (checks.iban, "DE89 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
        (checks.verhoeff, "2363", "2364"),
        (checks.us_ssn, "123-45-6789", "666-45-6789"),
        (checks.es_dni, "12345678Z", "12345678A"),
        (checks.fr_nir, "255081416802538", "255081416802539"),
        (checks.de_tax_id, "86095742719", "86095742718"),
        (checks.br_cpf, "529.982.247-25", "529.982.247-24"),
        (checks.br_cnpj, "11.222.333/0001-81", "11.222.333/0001-82"),
        (checks.looks_random, "a8F3kd92KfJ1", "plainwords"),
    ],
)
def test_a_check_tells_right_from_wrong(check, valid: str, invalid: str):
    assert check(valid)
    assert not check(invalid)

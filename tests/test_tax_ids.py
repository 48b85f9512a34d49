"""Tax ids as people type them, in the form in which they stand on an invoice."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.inputs import countries, tax_ids
from data.problems import Doubtful, Invalid

KNOWN = [country for country in countries.names() if tax_ids.example(country)]


@pytest.mark.parametrize(
    ('typed', 'country', 'kept'),
    [
        ('DE136695976', 'DE', 'DE136695976'),
        ('136 695 976', 'DE', 'DE136695976'),
        (' de 136.695.976 ', 'DE', 'DE136695976'),
        ('１３６６９５９７６', 'DE', 'DE136695976'),
        ('40 303 265 045', 'FR', 'FR40303265045'),
        ('FR40303265045', 'FR', 'FR40303265045'),
        ('ATU13585627', 'AT', 'ATU13585627'),
        ('U13585627', 'AT', 'ATU13585627'),
        ('EL 094259216', 'GR', 'EL094259216'),
        ('RO18547290', 'RO', 'RO18547290'),
        ('980 7806 84', 'GB', 'GB980780684'),
        ('GB 980 7806 84', 'GB', 'GB980780684'),
        ('XI 980 7806 84', 'GB', 'XI980780684'),
        ('91-1144442', 'US', '911144442'),
        ('5-8356-7825-6246', 'JP', '5835678256246'),
        ('T5835678256246', 'JP', '5835678256246'),
        ('CHE-107.787.577', 'CH', 'CHE107787577'),
        ('CHE-107.787.577 MWST', 'CH', 'CHE107787577MWST'),
        ('NO 995.525.828 MVA', 'NO', '995525828MVA'),
        ('995 525 828', 'NO', '995525828'),
        ('390.533.447-05', 'BR', '39053344705'),
        ('27aapfu0939f1zv', 'IN', '27AAPFU0939F1ZV'),
        ('83 914 571 673', 'AU', '83914571673'),
        ('anything we do not know', 'UA', 'anything we do not know'),
        ('', 'DE', ''),
        ('\u200b', 'DE', ''),
    ],
)
def test_spaces_dots_and_prefixes_are_as_people_like(typed: str, country: str, kept: str) -> None:
    assert tax_ids.check(typed, country) == kept


OTHERS = [
    # Taiwan: since April 2023 the sum is a multiple of 5 (Ministry of Finance, Fiscal Information Agency)
    ('00501508', 'TW', '00501508', 'UBN 00501508'),
    ('00501503', 'TW', '00501503', 'UBN 00501503'),
    ('10458575', 'TW', '10458575', 'UBN 10458575'),
    # Italy: a person's, also a sole trader's (decree 345 of 23 December 1976); a company's is the VAT number itself
    ('RCCMNL83S18D969H', 'IT', 'RCCMNL83S18D969H', 'Codice fiscale RCCMNL83S18D969H'),
    ('rcc mnl 83s18 d969h', 'IT', 'RCCMNL83S18D969H', 'Codice fiscale RCCMNL83S18D969H'),
    # Spain: DNI, NIE and companies' letters are all NIF (Royal Decree 1065/2007)
    ('12345678-Z', 'ES', 'ES12345678Z', 'VAT ID ES12345678Z'),
    ('X-1234567-L', 'ES', 'ESX1234567L', 'VAT ID ESX1234567L'),
    ('B-58378431', 'ES', 'ESB58378431', 'VAT ID ESB58378431'),
    ('856-734-62-15', 'PL', 'PL8567346215', 'VAT ID PL 856-734-62-15'),
    ('44051401458', 'PL', '44051401458', 'PESEL 44051401458'),
    ('36 574 261 809', 'DE', '36574261809', 'Steuer-ID 36 574 261 809'),
    ('181/815/08155', 'DE', '18181508155', 'Steuernummer 181/815/08155'),
    ('DE136695976-00001', 'DE', 'DE13669597600001', 'W-IdNr. DE13669597600001'),
    ('732 829 320', 'FR', '732829320', 'SIREN 732 829 320'),
    ('732 829 320 00074', 'FR', '73282932000074', 'SIRET 732 829 320 00074'),
    ('390.533.447-05', 'BR', '39053344705', 'CPF 390.533.447-05'),
    ('16.727.230/0001-97', 'BR', '16727230000197', 'CNPJ 16.727.230/0001-97'),
    ('12.ABC.345/01DE-35', 'BR', '12ABC34501DE35', 'CNPJ 12.ABC.345/01DE-35'),  # IN RFB 2.229/2024
    ('AAPFU0939F', 'IN', 'AAPFU0939F', 'PAN AAPFU0939F'),
    ('GODE561231GR8', 'MX', 'GODE561231GR8', 'RFC GODE 561231 GR8'),
    ('BOXW310820HNERXN09', 'MX', 'BOXW310820HNERXN09', 'CURP BOXW310820HNERXN09'),
    ('131052-308T', 'FI', '131052-308T', 'Personal identity code 131052-308T'),
    ('001201012345', 'VN', '001201012345', 'Personal ID number 001201012345'),  # Circular 86/2024/TT-BTC
    ('5835678256246', 'JP', '5835678256246', 'Corporate Number 5-8356-7825-6246'),
    ('83914571673', 'AU', '83914571673', 'ABN 83 914 571 673'),
    ('911144442', 'US', '911144442', 'EIN 91-1144442'),
    ('CHE107787577MWST', 'CH', 'CHE107787577MWST', 'UID CHE-107.787.577 MWST'),
    # Hungary: Act CL of 2017; Belgium: people who are not in the National Register (BIS); Indonesia: PMK 112/2022
    ('12892312-2-42', 'HU', '12892312242', 'Adószám 12892312-2-42'),
    ('98.47.28-997.65', 'BE', '98472899765', 'BIS Number 98.47.28-997.65'),
    ('0013121660091000', 'ID', '0013121660091000', 'NPWP 0013121660091000'),
    ('01.312.166.0-091.000', 'ID', '013121660091000', 'NPWP 01.312.166.0-091.000'),
    # digits of other scripts, signs, and what the number is called
    ('٣٣١-١٠٥-٢٦٨', 'EG', '331105268', 'Tax ID 331-105-268'),
    ('(0)403.019.261', 'BE', 'BE0403019261', 'VAT ID BE0403019261'),
    ('DE 136,695 976;', 'DE', 'DE136695976', 'VAT ID DE136695976'),
    ('USt-IdNr.: DE136695976', 'DE', 'DE136695976', 'VAT ID DE136695976'),
    ('DE136695976 (USt-IdNr.)', 'DE', 'DE136695976', 'VAT ID DE136695976'),
    ('N° TVA : FR 40 303 265 045', 'FR', 'FR40303265045', 'VAT ID FR40303265045'),
    ('P. IVA IT00743110157', 'IT', 'IT00743110157', 'VAT ID IT00743110157'),
    ('C.F. RCCMNL83S18D969H', 'IT', 'RCCMNL83S18D969H', 'Codice fiscale RCCMNL83S18D969H'),
    ('CIF B-58378431', 'ES', 'ESB58378431', 'VAT ID ESB58378431'),
    ('NIP: 856-734-62-15', 'PL', 'PL8567346215', 'VAT ID PL 856-734-62-15'),
    ('CNPJ 16.727.230/0001-97', 'BR', '16727230000197', 'CNPJ 16.727.230/0001-97'),
    ('ИНН 7707083893', 'RU', '7707083893', 'INN 7707083893'),
    # with the reason for registration beside it (Order MMV-7-6/435 of the Federal Tax Service, 29 June 2012)
    ('7707083893/773601001', 'RU', '7707083893773601001', 'INN/KPP 7707083893/773601001'),
    ('ИНН/КПП: 7707083893 / 773601001', 'RU', '7707083893773601001', 'INN/KPP 7707083893/773601001'),
    ('kt. 471008-0280', 'IS', '4710080280', 'Kennitala 471008-0280'),
    ('Kt 471008-0280', 'IS', '4710080280', 'Kennitala 471008-0280'),
    ('УНП 200988541', 'BY', '200988541', 'Tax ID 200988541'),
    ('登録番号 T5835678256246', 'JP', '5835678256246', 'Corporate Number 5-8356-7825-6246'),
    (
        '统一社会信用代码：91110000600037341L',
        'CN',
        '91110000600037341L',
        'Unified Social Credit Code 91110000600037341L',
    ),
    ('CHE-107.787.577 VAT', 'CH', 'CHE107787577', 'UID CHE-107.787.577'),
    ('anything', 'UA', 'anything', 'Tax ID anything'),
    ('', 'DE', '', ''),
]


@pytest.mark.parametrize(('typed', 'country', 'kept', 'written'), OTHERS)
def test_companies_persons_and_sole_traders_have_numbers_that_are_written_as_in_their_country(
    typed: str, country: str, kept: str, written: str
) -> None:
    assert tax_ids.check(typed, country) == kept
    assert tax_ids.written(kept, country) == written


@pytest.mark.parametrize('country', KNOWN)
def test_what_is_shown_can_be_typed_again(country: str) -> None:
    kept = tax_ids.check(tax_ids.example(country), country)
    words = tax_ids.written(kept, country).split(' ')
    assert kept in {tax_ids.read(' '.join(words[start:]), country)[0] for start in range(1, len(words))}


@pytest.mark.parametrize(
    ('typed', 'country'),
    [
        ('123-45-6789', 'US'),  # what a resident has for the Social Security Administration is no employer's number
        ('SSN: 123 45 6789', 'US'),
        ('7707083894/773601001', 'RU'),
        ('7707083893/77A1', 'RU'),
        ('EL 4710080280', 'IS'),
        ('00501502', 'TW'),
        ('0050150', 'TW'),
        ('RCCMNL83S18D969A', 'IT'),
        ('44051401459', 'PL'),
        ('12345678A', 'ES'),
    ],
)
def test_what_may_be_wrong_is_kept_as_it_was_typed_with_a_sentence(typed: str, country: str) -> None:
    number, doubt = tax_ids.read(f' {typed} ', country)
    assert number == typed
    assert doubt.startswith('This is not a valid ')
    with pytest.raises(Doubtful, match='This is not a valid '):
        tax_ids.check(typed, country)


def test_persons_are_asked_for_theirs() -> None:
    assert tax_ids.label('IT', 'person') == 'Codice fiscale or VAT ID'
    assert tax_ids.label('IT', 'company') == tax_ids.label('IT') == 'VAT ID'
    assert tax_ids.label('AT', 'person') == 'VAT ID'


@pytest.mark.parametrize(
    ('typed', 'country', 'sentence'),
    [
        ('DE136695977', 'DE', 'This is not a valid VAT ID for Germany. Write it like DE136695976.'),
        ('FR 40 303 265 045', 'DE', 'This is not a valid VAT ID for Germany. Write it like DE136695976.'),
        ('FR40303265045', 'DE', 'This is not a valid VAT ID for Germany. Write it like DE136695976.'),
        ('FR 41 303 265 045', 'FR', 'This is not a valid VAT ID for France. Write it like FR40303265045.'),
        ('802311781', 'GB', 'This is not a valid VAT ID for the United Kingdom. Write it like GB 980 7806 84.'),
        ('07-1144442', 'US', 'This is not a valid EIN for the United States. Write it like 91-1144442.'),
        ('2-8356-7825-6246', 'JP', 'This is not a valid Corporate Number for Japan. Write it like 5-8356-7825-6246.'),
        ('123', 'AL', 'This is not a valid Tax ID for Albania.'),
        ('²²²', 'DE', 'This is not a valid VAT ID for Germany. Write it like DE136695976.'),
        ('<script>', 'DE', 'This is not a valid VAT ID for Germany. Write it like DE136695976.'),
        ('x' * 41, 'UA', 'Tax ID is too long. Use at most 40 characters.'),
        ('a\x00b', 'UA', 'Tax ID contains a hidden control character. Type it instead of pasting it.'),
    ],
)
def test_a_wrong_one_is_called_by_the_name_it_has_there(typed: str, country: str, sentence: str) -> None:
    with pytest.raises(Invalid) as problem:
        tax_ids.check(typed, country, field='number')
    assert problem.value.fields == {'number': sentence}


@pytest.mark.parametrize('country', KNOWN)
def test_each_example_is_valid_and_stays_as_it_is_kept(country: str) -> None:
    kept = tax_ids.check(tax_ids.example(country), country)
    assert kept
    assert tax_ids.check(kept, country) == kept
    assert tax_ids.check(tax_ids.example(country).lower(), country) == kept


def test_the_european_union_is_complete() -> None:
    members = re.findall('..', 'ATBEBGCYCZDEDKEEESFIFRGRHRHUIEITLTLULVMTNLPLPTROSESISK')
    assert len(members) == 27
    assert {tax_ids.label(country) for country in members} == {'VAT ID'}
    for country in members:
        kept = tax_ids.check(tax_ids.example(country), country)
        assert kept == tax_ids.example(country)
        assert tax_ids.check(kept[2:], country) == kept


def test_labels() -> None:
    labels = {country: tax_ids.label(country) for country in ('DE', 'US', 'IN', 'AU', 'JP', 'BR', 'AF')}
    assert labels == {
        'DE': 'VAT ID',
        'US': 'EIN',
        'IN': 'GSTIN',
        'AU': 'ABN',
        'JP': 'Corporate Number',
        'BR': 'CNPJ or CPF',
        'AF': 'Tax ID',
    }


SHAPES = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.from_regex(r'[A-Z]{0,4}[0-9]{0,20}[A-Z]{0,3}[0-9]{0,3}', fullmatch=True),
)


@settings(deadline=None, max_examples=1000)
@given(SHAPES, st.sampled_from(list(countries.names())))
def test_any_text_is_kept_or_refused_in_every_country(value: str, country: str) -> None:
    try:
        kept = tax_ids.check(value, country)
    except Invalid as problem:
        assert list(problem.fields) == ['tax_id']
    else:
        assert tax_ids.check(kept, country) == kept

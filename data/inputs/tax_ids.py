"""Tax ids: what each country calls the number on an invoice, and whether one can be right (python-stdnum)."""

import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from data.inputs import countries, texts
from data.problems import Invalid

if TYPE_CHECKING:
    from stdnum.util import NumberValidationModule

LIMIT = 40
_SEPARATORS = re.compile(r'[\s./\-\u00b7\u2010-\u2015\u2212]')
_WRITTEN = re.compile(r'[0-9A-Z\u00d1&]+')  # Mexico's RFC has the last two


class Kind(NamedTuple):
    """What a country's tax id is called, an example of one, and the modules of stdnum that know it."""

    label: str = 'Tax ID'
    example: str = ''
    modules: tuple[str, ...] = ('vat',)
    prefix: str = ''  # belongs to the number on an invoice, and may be left out when typing (Directive 2006/112/EC 215)


_KINDS = {
    'AR': Kind('CUIT', '20-05536168-2'),
    'AU': Kind('ABN', '83 914 571 673'),
    'BR': Kind('CNPJ or CPF', '16.727.230/0001-97', ('cnpj', 'cpf')),
    'CA': Kind('Business Number', '12302 6635 RC 0001'),
    'CH': Kind('UID', 'CHE-107.787.577 MWST', ('vat', 'uid')),
    'CL': Kind('RUT', '76086428-5'),
    'CN': Kind('Unified Social Credit Code', '91110000600037341L'),
    'CO': Kind('NIT', '213.123.432-1'),
    'EC': Kind('RUC', '1792060346-001'),
    'GB': Kind('VAT ID', 'GB 980 7806 84', prefix='GB'),
    'ID': Kind('NPWP', '01.312.166.0-091.000'),
    'IL': Kind('Company Number', '516179157'),
    'IN': Kind('GSTIN', '27AAPFU0939F1ZV'),
    'IS': Kind('VAT ID', '00621'),
    'JP': Kind('Corporate Number', '5-8356-7825-6246'),
    'KE': Kind('PIN', 'P051365947M'),
    'KR': Kind('Business Registration Number', '116-82-00276'),
    'MC': Kind('VAT ID', 'FR 53 0000 04605'),
    'MX': Kind('RFC', 'VACE-460910-SX6'),
    'NO': Kind('VAT ID', 'NO 995 525 828 MVA', ('mva', 'orgnr')),
    'NZ': Kind('IRD number', '49-098-576'),
    'PE': Kind('RUC', '20512333797'),
    'RS': Kind('PIB', '101134702'),
    'RU': Kind('INN', '1234567894'),
    'SG': Kind('UEN', '197401143C'),
    'TH': Kind('TIN', '0-99-4-000-61772-1', ('tin',)),
    'TR': Kind('Tax ID', '4540536920', ('vkn', 'tckimlik')),
    'TW': Kind('UBN', '00501503'),
    'US': Kind('EIN', '91-1144442', ('ein',)),
    'UY': Kind('RUT', '21-100342-001-7'),
    'VE': Kind('RIF', 'V-11470283-4'),
    'VN': Kind('Tax code', '0100233488'),
}
_UNION = {  # VAT IDs of the member states
    'AT': 'ATU13585627',
    'BE': 'BE0403019261',
    'BG': 'BG175074752',
    'CY': 'CY10259033P',
    'CZ': 'CZ25123891',
    'DE': 'DE136695976',
    'DK': 'DK13585628',
    'EE': 'EE100931558',
    'ES': 'ESB58378431',
    'FI': 'FI20774740',
    'FR': 'FR40303265045',
    'GR': 'EL094259216',
    'HR': 'HR33392005961',
    'HU': 'HU12892312',
    'IE': 'IE6433435F',
    'IT': 'IT00743110157',
    'LT': 'LT119511515',
    'LU': 'LU15027442',
    'LV': 'LV40003521600',
    'MT': 'MT11679112',
    'NL': 'NL004495445B01',
    'PL': 'PL8567346215',
    'PT': 'PT501964843',
    'RO': 'RO18547290',
    'SE': 'SE123456789701',
    'SI': 'SI50223054',
    'SK': 'SK2022749619',
}
_KINDS |= {country: Kind('VAT ID', example, prefix=example[:2]) for country, example in _UNION.items()}


def label(country: object) -> str:
    """What the country calls it, or 'Tax ID'."""
    return _kind(country).label


def example(country: object) -> str:
    """A number of the right shape, or '' where we know none."""
    return _kind(country).example


def check(value: object, country: object, *, field: str = 'tax_id') -> str:
    """The number without separators, in the European Union with its prefix; '' for nothing.

    Raises Invalid(field) where the country's own rules (length, letters, check digits) say that it is wrong. A country
    without known rules takes any text of up to 40 characters.
    """
    text = texts.clean(value, field=field, label=label(country), limit=LIMIT, required=False)
    if not text or not isinstance(country, str) or not countries.name(country):
        return text
    kind = _kind(country)
    modules = [module for name in kind.modules if (module := _module(country, name))]
    if not modules:
        return text
    number = _SEPARATORS.sub('', unicodedata.normalize('NFKC', text)).upper()
    for module in modules if _WRITTEN.fullmatch(number) else ():
        with suppress(ValueError):  # the parent of all errors of stdnum
            return _on_invoices(module.validate(_as_filed(number, country)), number, kind.prefix)
    hint = f' Write it like {kind.example}.' if kind.example else ''
    raise Invalid(**{field: f'This is not a valid {kind.label} for {countries.phrase(country)}.{hint}'})


def _kind(country: object) -> Kind:
    return _KINDS.get(country, Kind()) if isinstance(country, str) else Kind()


def _module(country: str, name: str) -> 'NumberValidationModule | None':
    from stdnum.util import get_cc_module

    return get_cc_module(country, name)


def _as_filed(number: str, country: str) -> str:
    """Japan's invoices write a T before the Corporate Number; the number itself has none."""
    return number.removeprefix('T') if country == 'JP' else number


def _on_invoices(number: str, typed: str, prefix: str) -> str:
    if prefix == 'GB' and typed.startswith('XI'):  # Northern Ireland trades under its own prefix
        prefix = 'XI'
    return prefix + number.removeprefix(prefix)

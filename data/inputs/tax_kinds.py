"""Tax ids by country: what they are called, an example of each, and which modules of python-stdnum know them."""

from typing import NamedTuple


class Kind(NamedTuple):
    """What a country's tax id is called, an example of one, and the modules of stdnum that know it."""

    label: str = 'Tax ID'
    example: str = ''
    modules: tuple[str, ...] = ('vat',)
    prefix: str = ''  # belongs to the number on an invoice, and may be left out when typing (Directive 2006/112/EC 215)


KINDS = {
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
    'ID': Kind('NPWP', '01.312.166.0-091.000', ('npwp16', 'vat')),
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
    'TW': Kind('UBN', '00501503', ('ubn',)),
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
KINDS |= {country: Kind('VAT ID', example, prefix=example[:2]) for country, example in _UNION.items()}

OTHERS = {
    'AR': {'dni': 'DNI'},
    'AT': {'tin': 'Steuernummer'},
    'AU': {'acn': 'ACN', 'tfn': 'TFN'},
    'BE': {'nn': 'National Number', 'bis': 'BIS Number'},
    'CA': {'sin': 'SIN'},
    'CH': {'ssn': 'AHV number'},
    'CN': {'ric': 'Identity Number'},
    'CR': {'cpf': 'Cédula', 'cr': 'DIMEX'},
    'DE': {'idnr': 'Steuer-ID', 'stnr': 'Steuernummer', 'widnr': 'W-IdNr.'},
    'DK': {'cpr': 'CPR'},
    'DO': {'cedula': 'Cédula'},
    'EC': {'ci': 'Cédula'},
    'EE': {'registrikood': 'Registry code', 'ik': 'Personal code'},
    'FI': {'hetu': 'Personal identity code'},
    'FR': {'siret': 'SIRET', 'siren': 'SIREN', 'nif': 'Numéro fiscal'},
    'GB': {'utr': 'UTR'},
    'HU': {'anum': 'Adószám'},
    'ID': {'nik': 'NIK'},
    'IE': {'pps': 'PPS number'},
    'IL': {'idnr': 'ID number'},
    'IN': {'pan': 'PAN'},
    'IS': {'kennitala': 'Kennitala'},
    'IT': {'codicefiscale': 'Codice fiscale'},
    'LT': {'asmens': 'Personal code'},
    'MX': {'curp': 'CURP'},
    'NL': {'bsn': 'RSIN'},
    'NO': {'fodselsnummer': 'Fødselsnummer'},
    'PE': {'cui': 'DNI'},
    'PL': {'pesel': 'PESEL', 'regon': 'REGON'},
    'RU': {'innkpp': 'INN/KPP'},
    'SE': {'orgnr': 'Organisationsnummer', 'personnummer': 'Personnummer'},
    'SI': {'emso': 'EMŠO'},
    'SK': {'rc': 'Rodné číslo'},
    'TH': {'pin': 'PIN', 'moa': 'TIN'},
    'VN': {'pid': 'Personal ID number'},
}
"""What else may stand there, of companies as well as of persons, sole traders above all: module → what it is called.

Not the numbers of residents of Japan, Korea and the United States: there nobody should ask for them.
"""

OF_PERSONS = {
    'BR': 'CPF or CNPJ',
    'DE': 'VAT ID or tax number',
    'ES': 'NIF (DNI, NIE or VAT ID)',
    'FR': 'VAT ID or SIREN',
    'IN': 'PAN or GSTIN',
    'IT': 'Codice fiscale or VAT ID',
    'PL': 'NIP or PESEL',
}
"""What a form asks persons for, where that is called otherwise than what it asks companies for."""

CALLED = {('BR', 'cnpj'): 'CNPJ', ('BR', 'cpf'): 'CPF', ('TR', 'vkn'): 'VKN', ('TR', 'tckimlik'): 'TCKN'}
"""What one number is called, by country and module, where the country's label names several."""

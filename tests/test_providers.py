"""Providers of sign-in in the settings: what is taken, what is refused and in which words."""

import re
from pathlib import Path

import pytest

from data.runtime import providers
from data.runtime.providers import Provider
from tests.support.configured import PASSWORD, loaded, nothing_set, refused

ROOT = Path(__file__).parents[1]

clean = pytest.fixture(autouse=True)(nothing_set)


def given(name: str, **more: str) -> dict[str, str]:
    """What is set for one provider."""
    usual = {'ISSUER': 'https://id.example.com', 'CLIENT_ID': 'botcadence', 'CLIENT_SECRET': PASSWORD}
    return {f'OIDC_{name}_{key}': value for key, value in {**usual, **more}.items() if value}


def test_there_are_none_unless_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch).providers == ()


def test_there_may_be_any_number(monkeypatch: pytest.MonkeyPatch) -> None:
    google = given('GOOGLE', ISSUER='https://accounts.google.com', ALLOWED_DOMAINS='Acme.com, @bücher.example,acme.com')
    own = given('KEYCLOAK2', ISSUER='https://id.example.com/realms/a/', LABEL='Acme ID', SCOPES='openid  email')
    settings = loaded(monkeypatch, **google, **own, **given('GITHUB', ISSUER='https://github.com/'))
    github, first, second = settings.providers
    assert github == Provider(
        'github', 'github', 'https://github.com', 'botcadence', PASSWORD, 'GitHub', 'read:user user:email'
    )
    assert (first.name, first.label, first.scopes) == ('google', 'Google', 'openid email profile')
    assert first.allowed_domains == ('acme.com', 'xn--bcher-kva.example')
    assert (second.issuer, second.label) == ('https://id.example.com/realms/a/', 'Acme ID')
    assert second.scopes == 'openid email'


def test_a_secret_may_be_in_a_file_and_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / 'secret').write_text(f'{PASSWORD}\n')
    settings = loaded(
        monkeypatch, **given('ACME', CLIENT_SECRET=''), OIDC_ACME_CLIENT_SECRET_FILE=str(tmp_path / 'secret')
    )
    [acme] = settings.providers
    assert acme.client_secret == PASSWORD
    assert PASSWORD in settings.secrets
    assert PASSWORD not in repr(settings)


@pytest.mark.parametrize(
    ('changes', 'says'),
    [
        ({'CLIENT_ID': ''}, 'BOTCADENCE_OIDC_ACME_CLIENT_ID is needed with BOTCADENCE_OIDC_ACME_ISSUER.'),
        ({'CLIENT_SECRET': ''}, 'BOTCADENCE_OIDC_ACME_CLIENT_SECRET is needed with BOTCADENCE_OIDC_ACME_ISSUER.'),
        ({'ISSUER': ''}, 'BOTCADENCE_OIDC_ACME_ISSUER is needed with BOTCADENCE_OIDC_ACME_CLIENT_ID.'),
        ({'CLIENT_ID': 'bot\u200bcadence'}, 'BOTCADENCE_OIDC_ACME_CLIENT_ID has signs in it that no provider has.'),
        (
            {'ISSUER': 'http://id.example.com'},
            'BOTCADENCE_OIDC_ACME_ISSUER must be https://, a host and perhaps a path;',
        ),
        ({'ISSUER': 'id.example.com'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be https://, a host and perhaps a path;'),
        ({'ISSUER': 'https://'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be https://, a host and perhaps a path;'),
        ({'ISSUER': f'https://bot:{PASSWORD}@id.example.com'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be https://, a host'),
        ({'ISSUER': 'https://id.example.com/#a'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be https://, a host'),
        ({'ISSUER': 'https://id.example.com:99999'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be https://, a host'),
        ({'ISSUER': 'https://id.example.com/?a=1'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be at most 255 characters long'),
        ({'ISSUER': f'https://{"a" * 300}.com'}, 'BOTCADENCE_OIDC_ACME_ISSUER must be at most 255 characters long'),
        (
            {'ISSUER': 'https://github.com'},
            'BOTCADENCE_OIDC_ACME_ISSUER: GitHub is no OpenID Connect provider. Call it',
        ),
        ({'LABEL': 'x' * 41}, 'BOTCADENCE_OIDC_ACME_LABEL is too long. Use at most 40 characters.'),
        ({'LABEL': 'a\u202eb'}, 'BOTCADENCE_OIDC_ACME_LABEL contains a hidden control character.'),
        ({'SCOPES': 'email profile'}, 'BOTCADENCE_OIDC_ACME_SCOPES must have openid in it.'),
        ({'SCOPES': 'openid "email"'}, 'BOTCADENCE_OIDC_ACME_SCOPES must be words separated by spaces.'),
        ({'ALLOWED_DOMAINS': 'acme.com;other.com'}, 'BOTCADENCE_OIDC_ACME_ALLOWED_DOMAINS must be domains such as'),
        ({'ALLOWED_DOMAINS': 'acme'}, 'BOTCADENCE_OIDC_ACME_ALLOWED_DOMAINS must be domains such as example.com'),
        (
            {'CLIENTID': 'a'},
            'BOTCADENCE_OIDC_ACME_CLIENTID is not a setting. Did you mean BOTCADENCE_OIDC_ACME_CLIENT_ID?',
        ),
    ],
)
def test_it_refuses_a_provider(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], says: str) -> None:
    assert refused(monkeypatch, **given('ACME', **changes)).startswith(says)


@pytest.mark.parametrize(
    ('variable', 'says'),
    [
        (
            'OIDC_MY_ID_ISSUER',
            'BOTCADENCE_OIDC_MY_ID_ISSUER: between OIDC_ and _ISSUER stands the name of a provider, of',
        ),
        ('OIDC_ACMÉ_CLIENT_ID', 'BOTCADENCE_OIDC_ACMÉ_CLIENT_ID: between OIDC_ and _CLIENT_ID stands the name of'),
        (f'OIDC_{"A" * 33}_ISSUER', f'BOTCADENCE_OIDC_{"A" * 33}_ISSUER: between OIDC_ and _ISSUER stands the name'),
        ('OIDC_ACME_ISUER', 'BOTCADENCE_OIDC_ACME_ISUER is not a setting. Did you mean BOTCADENCE_OIDC_ACME_ISSUER?'),
        ('oidc_acme_issuer', 'BOTCADENCE_oidc_acme_issuer is not a setting. Did you mean BOTCADENCE_OIDC_ACME_ISSUER?'),
        ('OIDC_ISSUER', 'BOTCADENCE_OIDC_ISSUER is not a setting.'),
    ],
)
def test_a_misspelled_provider_stops_the_start(monkeypatch: pytest.MonkeyPatch, variable: str, says: str) -> None:
    assert refused(monkeypatch, **{variable: 'https://id.example.com'}).startswith(says)


@pytest.mark.parametrize('issuer', ['http://localhost:9000', 'http://127.0.0.1:9000/realms/a', 'http://[::1]:9000'])
def test_on_this_machine_a_provider_needs_no_https(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    assert [each.issuer for each in loaded(monkeypatch, **given('ACME', ISSUER=issuer)).providers] == [issuer]


def test_other_misspelled_settings_are_named_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, **given('ACME'), PRT='80')
    assert said == 'BOTCADENCE_PRT is not a setting. Did you mean BOTCADENCE_PORT?'


@pytest.mark.parametrize(
    ('key', 'taken'), [('a@acme.com', True), ('a@mail.acme.com', False), ('a@evilacme.com', False)]
)
def test_a_provider_may_be_for_some_domains_only(monkeypatch: pytest.MonkeyPatch, key: str, taken: bool) -> None:
    [acme] = loaded(monkeypatch, **given('ACME', ALLOWED_DOMAINS='acme.com')).providers
    assert acme.takes(key) == taken
    [acme] = loaded(monkeypatch, **given('ACME', ALLOWED_DOMAINS=' , ')).providers
    assert acme.takes(key)


def test_without_passwords_there_has_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, PASSWORDS='off').startswith('BOTCADENCE_PASSWORDS=off needs a provider')
    assert not loaded(monkeypatch, PASSWORDS='off', **given('ACME')).passwords


def test_they_are_known_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, **given('ACME'), **given('BETA'))
    providers.configure(settings.providers)
    assert [each.name for each in providers.known()] == ['acme', 'beta']
    assert providers.named('beta') == settings.providers[1]
    assert providers.named('BETA') is providers.named('') is None
    providers.configure(())
    assert providers.known() == ()


def test_the_readme_lists_what_may_be_set_for_a_provider() -> None:
    readme = (ROOT / 'README.md').read_text(encoding='utf-8')
    table = readme.split('<!-- providers -->')[1].split('<!-- /providers -->')[0].strip()
    assert table == providers.table()
    assert set(re.findall(r'BOTCADENCE_OIDC_\w+?_(?=ISSUER)', readme)) >= {'BOTCADENCE_OIDC_GOOGLE_'}

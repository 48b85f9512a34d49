"""Books are kept as they are: the database itself refuses to change what is final, and to make final what is wrong."""

from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    """Add the triggers."""
    for statement in _sqlite() if op.get_bind().dialect.name == 'sqlite' else _postgresql():
        op.execute(statement)


_BECOMES_FINAL = "OLD.state = 'draft' AND NEW.state = 'final'"
_OUT_OF_ORDER = """NEW.seq <> 1 + {greatest}(
    coalesce((SELECT max(seq) FROM invoices WHERE series = NEW.series), 0),
    coalesce((SELECT max(last) FROM number_gaps WHERE series = NEW.series), 0))"""
_DOES_NOT_ADD_UP = """NEW.total <> NEW.net + NEW.tax
    OR NEW.net <> (SELECT coalesce(sum(net), 0) FROM invoice_lines WHERE invoice_id = NEW.id)
    OR NEW.net <> (SELECT coalesce(sum(net), 0) FROM invoice_taxes WHERE invoice_id = NEW.id)
    OR NEW.tax <> (SELECT coalesce(sum(tax), 0) FROM invoice_taxes WHERE invoice_id = NEW.id)"""
_RULES = (
    ("TG_OP = 'INSERT'", "NEW.state <> 'draft'", 'an invoice is born a draft'),
    ("TG_OP <> 'INSERT'", "OLD.state = 'final'", 'a final invoice never changes'),
    ("TG_OP = 'UPDATE'", f'{_BECOMES_FINAL} AND {_OUT_OF_ORDER}', 'a number follows the one before it'),
    ("TG_OP = 'UPDATE'", f'{_BECOMES_FINAL} AND ({_DOES_NOT_ADD_UP})', 'the lines of an invoice add up to it'),
)
"""When, what is refused, and how the database says so: for the table of invoices."""

_PARTS = ('invoice_lines', 'invoice_taxes')
_KEPT = ('invoice_documents', 'payments', 'number_gaps')


def _refusal(name: str, when: str, table: str, condition: str, message: str) -> str:
    return f"""CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {condition}
        BEGIN SELECT RAISE(ABORT, '{message}'); END"""


def _sqlite() -> list[str]:
    statements = []
    for number, (operation, condition, message) in enumerate(_RULES):
        events = {"TG_OP = 'INSERT'": ['INSERT'], "TG_OP = 'UPDATE'": ['UPDATE']}.get(operation, ['UPDATE', 'DELETE'])
        for event in events:
            name = f'invoices_rule_{number}_{event.lower()}'
            statements.append(_refusal(name, event, 'invoices', condition.format(greatest='max'), message))
    for table in _PARTS:
        for event, rows in (('INSERT', ('NEW',)), ('UPDATE', ('OLD', 'NEW')), ('DELETE', ('OLD',))):
            ids = ', '.join(f'{row}.invoice_id' for row in rows)
            is_final = f"EXISTS (SELECT 1 FROM invoices WHERE state = 'final' AND id IN ({ids}))"
            message = 'a final invoice never changes'
            statements.append(_refusal(f'{table}_frozen_{event.lower()}', event, table, is_final, message))
    for table in _KEPT:
        for event in ('UPDATE', 'DELETE'):
            statements.append(
                _refusal(f'{table}_kept_{event.lower()}', event, table, '1', 'books are kept as they are')
            )
    return statements


def _postgresql() -> list[str]:
    refuse = "RAISE EXCEPTION '{}' USING ERRCODE = 'check_violation'"
    rules = ' '.join(
        f'IF {operation} THEN IF {condition.format(greatest="greatest")} THEN {refuse.format(message)}; END IF; END IF;'
        for operation, condition, message in _RULES
    )
    answer = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    frozen = refuse.format('a final invoice never changes')
    is_final = "EXISTS (SELECT 1 FROM invoices WHERE state = 'final' AND id = {}.invoice_id)"
    statements = [
        f'CREATE FUNCTION keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {rules} {answer} END $$',
        f"""CREATE FUNCTION keep_invoice_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN IF {is_final.format('OLD')} THEN {frozen}; END IF; END IF;
        IF TG_OP <> 'DELETE' THEN IF {is_final.format('NEW')} THEN {frozen}; END IF; END IF;
        {answer} END $$""",
        f"""CREATE FUNCTION keep_books() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {refuse.format('books are kept as they are')}; END $$""",
        """CREATE TRIGGER invoices_kept BEFORE INSERT OR UPDATE OR DELETE ON invoices
        FOR EACH ROW EXECUTE FUNCTION keep_invoice()""",
    ]
    for table in _PARTS:
        statements.append(
            f"""CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION keep_invoice_part()"""
        )
    for table in _KEPT:
        statements.append(
            f"""CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION keep_books()"""
        )
    return statements

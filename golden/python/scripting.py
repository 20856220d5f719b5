"""EXECUTE IMMEDIATE for emulator.py: a model of a subset of Snowflake Scripting.

It shows the control flow of the scripts that the tests run, and is no evidence about Snowflake. It knows DECLARE of variables and of
cursors for a query, SQL, SELECT INTO, LET, :=, IF, FOR over a cursor, EXECUTE IMMEDIATE and RETURN, and refuses, mostly as SQL
with wrong syntax, what it does not know: nested blocks, exceptions, result sets, loops of other kinds. Each statement goes to the
session as if a client had sent it.
"""

import re

import snowflake.connector
from snowduck.connector.cursor import Cursor
from sqlglot import exp

TOKEN = re.compile(
    r"""(?P<space>\s+ | --[^\n]* | //[^\n]* | /\*.*?\*/)
    | (?P<text>'(?:[^'\\]|''|\\.)*' | \$\$.*?\$\$)
    | (?P<name>"(?:[^"]|"")*" | [a-z_][\w$]*)
    | (?P<other>:: | := | => | \d[\w.]* | .)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def failure(message):
    return snowflake.connector.errors.ProgrammingError(msg=message, errno=1003, sqlstate="42000")


def run_blocks():
    """Execute EXECUTE IMMEDIATE and a text."""
    execute = Cursor.execute

    def running(self, command, *args, **kwargs):
        reader = Reader(command)
        if not reader.take("execute", "immediate"):
            return execute(self, command, *args, **kwargs)
        run_text(self, unquoted(reader.until(";")))
        return self

    Cursor.execute = running


def run_text(cursor, text):
    """Run a statement or a block, and leave its result in the cursor."""
    reader = Reader(text)
    if reader.take("declare") or reader.word(0) == "begin" and reader.word(1) not in ("", ";", "transaction", "work", "name"):
        return Block(cursor, reader).run()
    reader.until(";")
    if reader.word():
        raise failure(f"syntax error: one statement is executed, and behind it is '{reader.word()}'")
    return cursor.execute(text)


def unquoted(text):
    """The value of a string literal."""
    if not re.fullmatch(TOKEN, text) or text[0] not in "'$":
        raise failure(f"syntax error: the model executes texts and variables of a block, not {text}")
    if text.startswith("$$"):
        return text[2:-2]
    return re.sub(r"''|\\(.)", lambda found: ESCAPES.get(found[1], found[1]) if found[1] else "'", text[1:-1], flags=re.DOTALL)


class Reader:
    """Reads the text of a block, or of a statement, by tokens."""

    def __init__(self, text):
        self.text, self.at = text, 0
        self.tokens = [token for token in TOKEN.finditer(text) if not token["space"]]

    def word(self, ahead=0):
        """A token to come, "" behind the end. What is quoted is like no keyword."""
        return self.tokens[self.at + ahead][0].lower() if self.at + ahead < len(self.tokens) else ""

    def take(self, *words):
        if found := all(self.word(i) == word for i, word in enumerate(words)):
            self.at += len(words)
        return found

    def expect(self, *words):
        if not self.take(*words):
            raise failure(f"syntax error {self.place()}: unexpected '{self.word() or '<EOF>'}', want {' '.join(words)}")

    def name(self):
        self.at += 1
        return self.word(-1)

    def until(self, *stops):
        """The text up to a token that is in no parentheses, and which is taken. A text may end without a semicolon."""
        first, depth = self.at, 0
        while self.word() and (depth or self.word() not in stops):
            depth += {"(": 1, ")": -1}.get(self.word(), 0)
            self.at += 1
        if not self.word() and ";" not in stops or self.at == first:
            raise failure(f"syntax error {self.place()}: unexpected '{self.word() or '<EOF>'}'")
        text = self.text[self.tokens[first].start() : self.tokens[self.at - 1].end()]
        self.at += 1
        return text

    def place(self):
        before = self.text[: self.tokens[self.at].start()] if self.word() else self.text
        return f"on line {before.count(chr(10)) + 1} at position {len(before) - before.rfind(chr(10)) - 1}"


class Return(Exception):
    pass


class Block:
    """A block, whose statements become functions before the first of them is called."""

    def __init__(self, cursor, reader):
        self.cursor, self.reader = cursor, reader
        self.variables, self.types, self.queries, self.rows = {}, {}, {}, {}  # literals of SQL are the values
        declarations = []
        while not reader.take("begin"):
            name = reader.name()
            if reader.take("cursor", "for"):
                self.queries[name] = reader.until(";")
            else:
                declarations.append(self.declaration(name))
        self.body = declarations + self.statements("end")
        reader.expect("end")
        reader.take(";")
        if reader.word():
            raise failure(f"syntax error {reader.place()}: unexpected '{reader.word()}'")

    def run(self):
        result = "null"
        try:
            for statement in self.body:
                statement()
        except Return as returned:
            result = str(returned)
        self.cursor.execute(f'select {result} as "anonymous block"')

    def declaration(self, name):
        """A variable, its type, and its value."""
        kind, assigns = [], (":=", "default")
        while self.reader.word() not in (*assigns, ";", ""):
            kind.append(self.reader.name())
        if kind:
            self.types[name] = "".join(kind)
        place = self.reader.place()
        if self.reader.name() not in assigns:
            return lambda: self.variables.update({name: "null"})
        expression = self.reader.until(";")
        return lambda: self.assign(name, self.value(expression, place))

    def statements(self, *ends):
        found = []
        while self.reader.word() not in ends:
            found.append(self.statement())
        return found

    def statement(self):
        reader, place = self.reader, self.reader.place()
        if reader.take("if"):
            return self.condition()
        if reader.take("for"):
            row = reader.name()
            reader.expect("in")
            cursor = reader.name()
            reader.expect("do")
            body = self.statements("end")
            reader.expect("end", "for", ";")
            return lambda: self.loop(row, cursor, body, place)
        if reader.take("let"):
            return self.declaration(reader.name())
        if reader.word(1) == ":=":
            name = reader.name()
            reader.expect(":=")
            expression = reader.until(";")
            return lambda: self.assign(name, self.value(expression, place))
        if reader.take("return"):
            expression = reader.until(";")
            return lambda: self.leave(self.value(expression, place))
        if reader.take("execute", "immediate"):
            expression = reader.until(";")
            return lambda: self.sql(run_text, self.text(expression, place), place)
        text = reader.until(";")
        if text.split(None, 1)[0].lower() in ("select", "with") and (into := split_into(text)):
            return lambda: self.select(*into, place)
        return lambda: self.sql(Cursor.execute, self.bound(text, place), place)

    def condition(self):
        """An IF behind its first word."""
        place = self.reader.place()
        expression = self.reader.until("then")
        if not expression.startswith("("):
            raise failure(f"syntax error {place}: a condition is in parentheses")
        body, otherwise = self.statements("else", "elseif", "end"), []
        if self.reader.take("elseif"):
            otherwise = [self.condition()]
        else:
            if self.reader.take("else"):
                otherwise = self.statements("end")
            self.reader.expect("end", "if", ";")

        def choose():
            for statement in body if self.value(f"coalesce({expression}, false)", place) == "TRUE" else otherwise:
                statement()

        return choose

    def loop(self, row, cursor, body, place):
        if cursor not in self.queries:
            raise failure(f"{place}: there is no cursor {cursor}")
        self.sql(Cursor.execute, self.queries[cursor], place)
        table = self.cursor._arrow_table
        names = [name.lower() for name in table.column_names]
        for values in zip(*(column.to_pylist() for column in table.columns), strict=True):
            self.rows[row] = dict(zip(names, map(literal, values), strict=True))
            for statement in body:
                statement()

    def select(self, text, names, place):
        """SELECT INTO, of one row."""
        self.sql(Cursor.execute, self.bound(text, place), place)
        table = self.cursor._arrow_table
        if table.num_rows != 1 or table.num_columns != len(names):
            raise failure(
                f"Uncaught exception of type 'STATEMENT_ERROR' {place} : a SELECT INTO of {len(names)} variables expects exactly one row with "
                f"as many values, but got {table.num_rows} rows of {table.num_columns}"
            )
        for name, value in zip(names, [column.to_pylist()[0] for column in table.columns], strict=True):
            self.assign(name, literal(value))

    def assign(self, name, value):
        if name in self.types:
            value = self.evaluate(f"cast({value} as {self.types[name]})")
        self.variables[name] = value

    def leave(self, value):
        raise Return(value)

    def text(self, expression, place):
        """What EXECUTE IMMEDIATE has to execute."""
        name = expression.lstrip(": ").lower()
        return unquoted(self.variables[name]) if name in self.variables else unquoted(expression)

    def value(self, expression, place):
        """The value of an expression, in which variables and fields of rows need no colon, unless it holds a query."""
        try:
            return self.evaluate(self.bound(expression, place, bare="select" not in [token[0].lower() for token in Reader(expression).tokens]))
        except snowflake.connector.errors.Error as error:
            raise failure(f"Uncaught exception of type 'EXPRESSION_ERROR' {place} : {error.raw_msg}") from None

    def evaluate(self, expression):
        self.cursor.execute(f"select {expression}")
        return literal(self.cursor.fetchone()[0])

    def sql(self, execute, text, place):
        try:
            execute(self.cursor, text)
        except snowflake.connector.errors.Error as error:
            raise failure(f"Uncaught exception of type 'STATEMENT_ERROR' {place} : {error.raw_msg}") from None

    def bound(self, text, place, bare=False):
        """Put values for variables, outside of texts and comments."""
        tokens, parts, i = list(TOKEN.finditer(text)), [], 0
        while i < len(tokens):
            words = [token[0].lower() for token in tokens[i : i + 4]] + [""] * 3
            path = i and not tokens[i - 1]["space"] and (tokens[i - 1]["name"] or tokens[i - 1][0] in "])'.")
            if words[0] == ":" and tokens[i + 1 : i + 2] and tokens[i + 1]["name"] and not path:
                if words[1] not in self.variables:
                    raise failure(f"Bind variable :{words[1]} not set {place}")
                parts, i = [*parts, self.variables[words[1]]], i + 2
            elif bare and words[1] == "." and words[0] in self.rows and not path:
                if words[2] not in self.rows[words[0]]:
                    raise failure(f"invalid identifier '{words[0]}.{words[2]}'")
                parts, i = [*parts, self.rows[words[0]][words[2]]], i + 3
            elif bare and words[0] in self.variables and words[1] not in ("(", ".") and not path:
                parts, i = [*parts, self.variables[words[0]]], i + 1
            else:
                parts, i = [*parts, tokens[i][0]], i + 1
        return "".join(parts)


def split_into(text):
    """A query without its INTO, and the variables in that; nothing for one without."""
    reader, depth = Reader(text), 0
    while reader.word():
        depth += {"(": 1, ")": -1}.get(reader.word(), 0)
        if depth == 0 and reader.word() == "into":
            start, names = reader.tokens[reader.at].start(), []
            while reader.name() in ("into", ","):
                reader.expect(":")
                names.append(reader.name())
            reader.at -= 1
            rest = text[reader.tokens[reader.at].start() :] if reader.word() else ""
            return text[:start] + rest, names
        reader.at += 1
    return None


def literal(value):
    return exp.convert(value).sql("snowflake")

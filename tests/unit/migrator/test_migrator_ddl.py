"""Definitions of tables and views, adapted to what the target takes."""

import base64

import pytest

from migrator.ddl import (
    Collations,
    Dialect,
    WithoutKeys,
    adapt_table,
    adapt_view,
    additions,
    require_trigger_body,
    without_secondary_keys,
)
from migrator.errors import SourceDataInvalid
from migrator.site import Table, checked
from tests.unit.migrator.sites import table

MYSQL = Collations(
    {
        "latin1_swedish_ci",
        "utf8mb3_general_ci",
        "utf8mb3_bin",
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_bin",
        "utf8mb4_es_trad_0900_ai_ci",
        "utf8mb4_general_ci",
        "utf8mb4_sv_0900_ai_ci",
        "utf8mb4_unicode_520_ci",
    },
    {"latin1", "utf8mb3", "utf8mb4"},
)
MARIADB = Collations(
    {
        "utf8mb3_general_ci",
        "utf8mb4_bin",
        "utf8mb4_nopad_bin",
        "utf8mb4_unicode_520_ci",
        "utf8mb4_uca1400_ai_ci",
        "utf8mb4_uca1400_nopad_ai_ci",
        "utf8mb4_uca1400_nopad_as_cs",
        "utf8mb4_uca1400_swedish_nopad_ai_ci",
    },
    {"utf8mb3", "utf8mb4"},
)
TO_MYSQL = Dialect(False, MYSQL, {"INNODB", "MYISAM"})
TO_MARIADB = Dialect(True, MARIADB, {"INNODB", "ARIA"})

MYSQL_PARTITIONS = """ENGINE=InnoDB
/*!50500 PARTITION BY RANGE  COLUMNS(`a`)
(PARTITION p0 VALUES LESS THAN ('x;') COMMENT = 'c' DATA DIRECTORY = '/x' ENGINE = Aria,
 PARTITION p1 VALUES LESS THAN (MAXVALUE) TABLESPACE = `t` ENGINE = InnoDB) */"""
BARE_PARTITIONS = """ENGINE=InnoDB
PARTITION BY RANGE  COLUMNS(`a`)
(PARTITION p0 VALUES LESS THAN ('x;') COMMENT = 'c'  ENGINE = InnoDB,
 PARTITION p1 VALUES LESS THAN (MAXVALUE)  ENGINE = InnoDB)"""
KEPT_OPTIONS = (
    "ENGINE=MyISAM AUTO_INCREMENT=3 AVG_ROW_LENGTH=1 CHECKSUM=1 DELAY_KEY_WRITE=1 KEY_BLOCK_SIZE=8 MAX_ROWS=9"
    " MIN_ROWS=1 PACK_KEYS=1 STATS_PERSISTENT=0 STATS_AUTO_RECALC=DEFAULT STATS_SAMPLE_PAGES=4"
)


def defined(definitions: str, options: str = "ENGINE=InnoDB", **fields: object) -> Table:
    create = f"CREATE TABLE `wp_t` (\n  {definitions}\n) {options}"
    return checked(Table, table("wp_t", [], None, create).model_dump() | fields | {"create": _base64(create)})


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def adapt(
    definitions: str, options: str = "ENGINE=InnoDB", dialect: Dialect = TO_MYSQL, **fields: object
) -> tuple[str, str]:
    statement = adapt_table(defined(definitions, options, **fields), dialect).statement
    inside, _, behind = statement.removeprefix("CREATE TABLE `wp_t` (\n  ").rpartition("\n) ")
    return inside, behind


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("utf8mb4_unicode_520_ci", "utf8mb4_unicode_520_ci"),
        ("UTF8MB4_BIN", "utf8mb4_bin"),
        ("utf8mb4_uca1400_ai_ci", "utf8mb4_0900_ai_ci"),
        ("utf8mb4_uca1400_as_ci", "utf8mb4_0900_as_ci"),
        ("utf8mb4_uca1400_as_cs", "utf8mb4_0900_as_cs"),
        ("utf8mb4_uca1400_ai_cs", "utf8mb4_0900_as_cs"),
        ("utf8mb4_uca1400_nopad_ai_ci", "utf8mb4_0900_ai_ci"),
        ("utf8mb4_uca1400_swedish_ai_ci", "utf8mb4_sv_0900_ai_ci"),
        ("utf8mb4_uca1400_spanish2_ai_ci", "utf8mb4_es_trad_0900_ai_ci"),
        ("utf8mb4_uca1400_polish_ai_ci", "utf8mb4_0900_ai_ci"),
        ("utf8mb4_unicode_nopad_ci", "utf8mb4_0900_ai_ci"),
        ("utf8_general_ci", "utf8mb3_general_ci"),
        ("utf8mb3_uca1400_as_cs", "utf8mb3_bin"),
        ("macroman_general_ci", "utf8mb4_0900_ai_ci"),
        ("macroman_bin", "utf8mb4_bin"),
    ],
)
def test_collations_for_mysql(source: str, target: str) -> None:
    assert MYSQL.collation(source) == target


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("utf8mb4_0900_ai_ci", "utf8mb4_uca1400_nopad_ai_ci"),
        ("utf8mb4_sv_0900_ai_ci", "utf8mb4_uca1400_swedish_nopad_ai_ci"),
        ("utf8mb4_ja_0900_as_cs_ks", "utf8mb4_uca1400_nopad_as_cs"),
        ("utf8mb4_0900_as_ci", "utf8mb4_uca1400_nopad_as_cs"),
        ("utf8mb4_0900_bin", "utf8mb4_nopad_bin"),
        ("utf8mb4_general_ci", "utf8mb4_uca1400_ai_ci"),
    ],
)
def test_collations_for_mariadb(source: str, target: str) -> None:
    assert MARIADB.collation(source) == target


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("`a` int NOT NULL", "`a` int NOT NULL"),
        ("`a` varchar(9) COLLATE utf8mb4_uca1400_ai_ci", "`a` varchar(9) COLLATE utf8mb4_0900_ai_ci"),
        ("`a` text DEFAULT NULL", "`a` text DEFAULT NULL"),
        ("`a` longtext NOT NULL DEFAULT ''", "`a` longtext NOT NULL DEFAULT ('')"),
        ("`a` varchar(9) DEFAULT 'x'", "`a` varchar(9) DEFAULT 'x'"),
        ("`a` int DEFAULT -1", "`a` int DEFAULT -1"),
        ("`a` decimal(5,2) DEFAULT 0.00", "`a` decimal(5,2) DEFAULT 0.00"),
        ("`a` bit(1) DEFAULT b'0'", "`a` bit(1) DEFAULT b'0'"),
        ("`a` datetime DEFAULT '0000-00-00 00:00:00'", "`a` datetime DEFAULT '0000-00-00 00:00:00'"),
        (
            "`a` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)",
            "`a` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)",
        ),
        ("`a` uuid DEFAULT uuid()", "`a` char(36) DEFAULT (uuid())"),
        ("`a` date DEFAULT curdate() COMMENT 'x'", "`a` date DEFAULT (curdate()) COMMENT 'x'"),
        ("`a` int DEFAULT (1 + 2)", "`a` int DEFAULT (1 + 2)"),
        ("`a` inet6 NOT NULL", "`a` varchar(45) NOT NULL"),
        ("`a` int AS (`b` + 1) PERSISTENT", "`a` int AS (`b` + 1) STORED"),
        ("`a` int, KEY `k` (`a`) IGNORED", "`a` int, KEY `k` (`a`) INVISIBLE"),
        ("`a` text /*M!100301 COMPRESSED*/", "`a` text  "),
        ("`a` text /*!100301 COMPRESSED*/", "`a` text  "),
        ("`a` int/* x */NOT NULL/*!99999 , `b` int */", "`a` int NOT NULL "),
        ("`a` int /*!80003 SRID 4326 */", "`a` int /*!80003 SRID 4326 */"),
        ("`a` int /*!80023 INVISIBLE */", "`a` int /*!80023 INVISIBLE */"),
        ("`a` set('x','y') DEFAULT 'x'", "`a` set('x','y') DEFAULT 'x'"),
        ("`a` enum('DEFAULT','uuid()') NOT NULL", "`a` enum('DEFAULT','uuid()') NOT NULL"),
        ("`a` longtext CHECK (json_valid(`a`))", "`a` longtext CHECK (json_valid(`a`))"),
        (
            "`a` int COMMENT 'it''s, (COLLATE x) \\' ENGINE=Aria'",
            "`a` int COMMENT 'it''s, (COLLATE x) \\' ENGINE=Aria'",
        ),
        ("`COLLATE` int, `a,(b` int", "`COLLATE` int, `a,(b` int"),
        ("PRIMARY KEY (`a`(10),`b`), CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `t` (`b`)",) * 2,
    ],
)
def test_columns(before: str, after: str) -> None:
    assert adapt(before)[0] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='x'", "ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='x'"),
        ("ENGINE=MyISAM ROW_FORMAT=FIXED", "ENGINE=MyISAM ROW_FORMAT=FIXED"),
        ("ENGINE=Aria PAGE_CHECKSUM=1", "ENGINE=InnoDB "),
        ("ENGINE=Aria TRANSACTIONAL=1 ROW_FORMAT=PAGE", "ENGINE=InnoDB  ROW_FORMAT=DEFAULT"),
        ("ENGINE=InnoDB `PAGE_COMPRESSED`='ON'", "ENGINE=InnoDB "),
        ("ENGINE=InnoDB DATA DIRECTORY='/x/'", "ENGINE=InnoDB "),
        ("ENGINE=InnoDB WITH SYSTEM VERSIONING", "ENGINE=InnoDB "),
        ("DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci", "DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"),
        ("DEFAULT CHARSET=utf8mb4", "DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_general_ci"),
        ("DEFAULT CHARSET=utf8 COMMENT='x'", "DEFAULT CHARSET=utf8mb3 COLLATE utf8mb4_general_ci COMMENT='x'"),
        ("/*!50100 PARTITION BY HASH (`a`) */", "PARTITION BY HASH (`a`)"),
        (MYSQL_PARTITIONS, BARE_PARTITIONS),
        ("ENGINE=InnoDB PARTITION BY KEY (`a`) PARTITIONS 4", "ENGINE=InnoDB PARTITION BY KEY (`a`) PARTITIONS 4"),
        ("ENGINE=BLACKHOLE", "ENGINE=InnoDB"),
        ("ENGINE=MRG_MyISAM INSERT_METHOD=LAST UNION=(`a`,`b`)", "ENGINE=InnoDB  "),
        ("ENGINE=CONNECT `TABLE_TYPE`=CSV `FILE_NAME`='/etc/passwd'", "ENGINE=InnoDB  "),
        ("/*!50100 TABLESPACE `x` */ ENGINE=InnoDB", "  ENGINE=InnoDB"),
        (KEPT_OPTIONS, KEPT_OPTIONS),
    ],
)
def test_options(before: str, after: str) -> None:
    assert adapt("`a` int", before, collation="utf8mb4_general_ci")[1] == after


def test_a_charset_that_stands_alone_keeps_the_collation_that_it_implied_at_the_source() -> None:
    columns = [{"name": "ä", "type": "varchar(9)", "collation": "utf8mb4_uca1400_ai_ci"}]
    inside, _ = adapt("`ä` varchar(9) CHARACTER SET utf8mb4 DEFAULT 'ü'", columns=columns)
    assert inside.encode("latin-1").decode() == (
        "`ä` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci DEFAULT 'ü'"
    )


def test_mariadb_keeps_what_is_mariadbs() -> None:
    inside, options = adapt(
        "`a` uuid DEFAULT uuid() /*M!100301 COMPRESSED*/", "ENGINE=Aria COLLATE=utf8mb4_0900_ai_ci", TO_MARIADB
    )
    assert inside == "`a` uuid DEFAULT uuid() /*M!100301 COMPRESSED*/"
    assert options == "ENGINE=Aria COLLATE=utf8mb4_uca1400_nopad_ai_ci"


@pytest.mark.parametrize(
    "create",
    [
        "DROP DATABASE x",
        "CREATE TABLE `wp_other` (a int)",
        "",
        "CREATE TABLE `wp_t`",
        "CREATE TEMPORARY TABLE `wp_t` (a int)",
        "CREATE TABLE IF NOT EXISTS `wp_t` (`a` int)",
        "CREATE TABLE `x`.`wp_t` (`a` int)",
        "CREATE TABLE `wp_t`.`x` (`a` int)",
        "CREATE /*! TEMPORARY */ TABLE `wp_t` (`a` int)",
        "CREATE TABLE `wp_t` LIKE `wp_users`",
        "CREATE TABLE `wp_t` AS SELECT (1)",
        "CREATE TABLE `wp_t` (LIKE `wp_users`)",
        "CREATE TABLE `wp_t` (SELECT 1)",
        "CREATE TABLE `wp_t` (`a` int, )",
        "CREATE TABLE `wp_t` (`a` int",
        "CREATE TABLE `wp_t` (`a` int(5)",
        "CREATE TABLE `wp_t` (`a` int) SELECT 1",
        "CREATE TABLE `wp_t` (`a` int) AS (SELECT 1)",
        "CREATE TABLE `wp_t` (`a` int) ENGINE=InnoDB AS SELECT * FROM mysql.user",
        "CREATE TABLE `wp_t` (`a` int) COMMENT='x' UNION SELECT 1",
        "CREATE TABLE `wp_t` (`a` int) LIKE `x`",
        "CREATE TABLE `wp_t` (`a` int) TABLESPACE x",
        "CREATE TABLE `wp_t` (`a` int) TABLE wp_users",
        "CREATE TABLE `wp_t` (`a` int); DROP TABLE x",
        "CREATE TABLE `wp_t` (`a` int) ENGINE=InnoDB;",
        "CREATE TABLE `wp_t` (`a` int; DROP TABLE x)",
        "CREATE TABLE `wp_t` (`a` int DEFAULT (SELECT 1))",
        "CREATE TABLE `wp_t` (`a` int) PARTITION BY HASH (`a`) SELECT 1",
        "CREATE TABLE `wp_t` (`a` int) PARTITION BY HASH (`a`) (TABLE wp_users)",
        "CREATE TABLE `wp_t` (`a` int) /*!50100 PARTITION BY HASH (`a`) AS SELECT 1 */",
        "CREATE TABLE `wp_t` (`a` int) /*!50100 PARTITION BY HASH (`a`) /* */ */",
        "CREATE TABLE `wp_t` (`a` int) COMMENT=x",
        "CREATE TABLE `wp_t` (`a` int) DEFAULT",
        "CREATE TABLE `wp_t` (`a` int) ENGINE",
        "CREATE TABLE `wp_t` (`a` int) -- x",
        "CREATE TABLE `wp_t` (`a` int) # x",
        "CREATE TABLE `wp_t` (`a` int) /* x",
        "CREATE TABLE `wp_t` (`a` int DEFAULT 'x)",
        "CREATE TABLE `wp_t` (`a` int DEFAULT $$ ' $$)",
        "CREATE TABLE `wp_t` (`a` int\0)",
        "CREATE EVENT `wp_t` ON SCHEDULE EVERY 1 SECOND DO INSERT INTO x VALUES (1)",
    ],
)
def test_anything_but_that_tables_definition_is_refused(create: str) -> None:
    with pytest.raises(SourceDataInvalid):
        adapt_table(table("wp_t", [], None, create), TO_MYSQL)


def view(create: str, name: str = "wp_v") -> Table:
    return checked(Table, table(name, [], None, create).model_dump() | {"type": "view", "create": _base64(create)})


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("CREATE ALGORITHM=UNDEFINED DEFINER=`ro``ot`@`%` SQL SECURITY DEFINER VIEW `wp_v`", ""),
        ("CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'a'@'b' SQL SECURITY INVOKER VIEW `wp_v`", ""),
        ("create definer=`role` view `wp_v`", ""),
        ("CREATE VIEW `wp_v`", " (`a`,`b``c`)"),
    ],
)
def test_views_get_a_head_of_ours(head: str, columns: str) -> None:
    query = "select 1 AS `DEFINER=x@y`, '/* VIEW */; INTO' AS `x` union (select 2,3)"
    statement = adapt_view(view(f"{head}{columns} AS {query}"))
    assert statement == f"CREATE SQL SECURITY INVOKER VIEW `wp_v`{columns} AS {query}"


@pytest.mark.parametrize(
    "create",
    [
        "GRANT ALL ON *.* TO x",
        "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO SELECT 1 /* VIEW */",
        "CREATE EVENT wp_v ON SCHEDULE EVERY 1 SECOND COMMENT ' VIEW ' DO SELECT 1",
        "CREATE PROCEDURE p() SELECT ' VIEW '",
        "CREATE TABLE loot AS SELECT 1 /* VIEW */",
        "CREATE /* VIEW */ TABLE `wp_v` AS SELECT 1",
        "CREATE VIEW `wp_other` AS SELECT 1",
        "CREATE VIEW `x`.`wp_v` AS SELECT 1",
        "CREATE VIEW `wp_v`.`x` AS SELECT 1",
        "CREATE VIEW `wp_v` (SELECT 1) AS SELECT 1",
        "CREATE VIEW `wp_v` SELECT 1",
        "CREATE VIEW `wp_v` AS SELECT 1; DROP TABLE x",
        "CREATE VIEW `wp_v` AS SELECT /*!50000 SLEEP(1) */ 1",
        "CREATE VIEW `wp_v` AS SELECT 1 INTO OUTFILE '/x'",
        "CREATE VIEW `wp_v` AS SELECT 1 -- x",
        "CREATE VIEW `wp_v` AS SELECT '1",
        "CREATE VIEW `wp_v` AS ",
        "CREATE VIEW `wp_v`",
        "CREATE VIEW",
        "CREATE",
        "",
    ],
)
def test_anything_but_that_views_definition_is_refused(create: str) -> None:
    with pytest.raises(SourceDataInvalid):
        adapt_view(view(create))


@pytest.mark.parametrize(
    "body",
    [
        "SET NEW.`k` = LOWER(NEW.`k`)",
        "BEGIN /* why; */ SET NEW.a = ';'; SET NEW.b = 2; END",
        "l: BEGIN SET NEW.a = 1; END l",
        "IF NEW.a THEN SET NEW.a = 1; END IF",
    ],
)
def test_bodies_of_triggers(body: str) -> None:
    require_trigger_body(body, "t")


@pytest.mark.parametrize(
    "body", ["", "SET NEW.a = 1; DROP TABLE x", "BEGIN END; DROP TABLE x", "SET NEW.a = '1", "BEGIN END;"]
)
def test_a_trigger_is_one_statement(body: str) -> None:
    with pytest.raises(SourceDataInvalid):
        require_trigger_body(body, "t")


def test_a_definition_larger_than_any() -> None:
    with pytest.raises(SourceDataInvalid):
        adapt_table(table("wp_t", [], None, "CREATE TABLE `wp_t` (`a` int)" + " " * 4_194_304), TO_MYSQL)


KEYS = (
    "`id` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `a` varchar(20) DEFAULT 'KEY (`x`)', `b` text,"
    " PRIMARY KEY (`id`),"
    " UNIQUE KEY `u` (`a`), KEY `a``b` (`a`,`b`(20)) USING BTREE COMMENT 'it''s, here', FULLTEXT KEY `f` (`b`),"
    " FULLTEXT KEY `g` (`a`), KEY `e` ((lower(`a`)))"
)


def test_secondary_keys_can_be_added_later() -> None:
    found = without_secondary_keys(f"CREATE TABLE `wp_t` ({KEYS}) ENGINE=InnoDB", "wp_t")
    assert found.statement == f"CREATE TABLE `wp_t` ({KEYS.partition(', KEY')[0]}) ENGINE=InnoDB"
    assert list(found.keys) == ["a`b", "f", "g", "e"]
    assert additions("wp`t", found.keys) == [
        (
            "ALTER TABLE `wp``t` ADD KEY `a``b` (`a`,`b`(20)) USING BTREE COMMENT 'it''s, here',"
            " ADD KEY `e` ((lower(`a`)))"
        ),
        "ALTER TABLE `wp``t` ADD FULLTEXT KEY `f` (`b`)",
        "ALTER TABLE `wp``t` ADD FULLTEXT KEY `g` (`a`)",
    ]


@pytest.mark.parametrize(
    "definitions",
    [
        "`id` int NOT NULL AUTO_INCREMENT, KEY `id` (`id`)",
        "`a` int, KEY `a` (`a`), CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `x` (`a`)",
        "`a` int, UNIQUE KEY `a` (`a`)",
    ],
)
def test_keys_that_the_rows_need_stay(definitions: str) -> None:
    statement = f"CREATE TABLE `wp_t` ({definitions})"
    assert without_secondary_keys(statement, "wp_t") == WithoutKeys(statement)

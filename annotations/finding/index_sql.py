"""What the index asks SQLite, word for word; nothing that anybody typed is ever put into it but as a parameter."""

from __future__ import annotations

MOST_RANKED = 8_000
"""Hits that are ranked; of words that more items hold, the first that many. It stands in `ASK` and `LIST`, too."""

TABLES = (
    """
    CREATE TABLE find_items (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, item_id TEXT NOT NULL, text TEXT NOT NULL, names TEXT NOT NULL,
        tags TEXT NOT NULL, people TEXT NOT NULL, camera_id TEXT NOT NULL, recording_id TEXT NOT NULL,
        start_ns INTEGER, is_media INTEGER NOT NULL, UNIQUE (kind, item_id)
    )
    """,
    """
    CREATE VIRTUAL TABLE find_words USING fts5(
        text, names, tags, people, content='find_items', content_rowid='number',
        tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
    )
    """,
    """
    CREATE TABLE find_state (
        id INTEGER PRIMARY KEY, version INTEGER NOT NULL, entries INTEGER NOT NULL, history INTEGER NOT NULL
    )
    """,
)
DROPPED = (
    "DROP TABLE IF EXISTS find_words",
    "DROP TABLE IF EXISTS find_items",
    "DROP TABLE IF EXISTS find_state",
)
COUNT_TABLES = "SELECT count(*) FROM sqlite_master WHERE name IN ('find_items', 'find_words', 'find_state')"
READ_STATE = "SELECT version, entries, history FROM find_state"
FORGET_STATE = "DELETE FROM find_state"
KEEP_STATE = "INSERT INTO find_state VALUES (1, ?, ?, ?)"
REBUILD = "INSERT INTO find_words(find_words) VALUES ('rebuild')"

ADD = """
    INSERT INTO find_items
        (kind, item_id, text, names, tags, people, camera_id, recording_id, start_ns, is_media)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
ADD_WORDS = """
    INSERT INTO find_words(rowid, text, names, tags, people)
    SELECT number, text, names, tags, people FROM find_items WHERE kind = ? AND item_id = ?
"""
TAKE_WORDS = """
    INSERT INTO find_words(find_words, rowid, text, names, tags, people)
    SELECT 'delete', number, text, names, tags, people FROM find_items WHERE kind = ? AND item_id = ?
"""
TAKE = "DELETE FROM find_items WHERE kind = ? AND item_id = ?"
OF_KIND = """
    SELECT kind, item_id, text, names, tags, people, camera_id, recording_id, start_ns, is_media
    FROM find_items WHERE kind = ?
"""

OFTEN_PEOPLE = """
    SELECT people, count(*) AS often FROM find_items WHERE people <> '' GROUP BY people ORDER BY often DESC LIMIT 200
"""
OFTEN_TAGS = """
    SELECT tags, count(*) AS often FROM find_items WHERE tags <> '' GROUP BY tags ORDER BY often DESC LIMIT 200
"""

_NARROWED = """
        (:kinds IS NULL OR i.kind IN (SELECT value FROM json_each(:kinds)))
        AND (:cameras IS NULL
            OR i.camera_id IN (SELECT value FROM json_each(:cameras))
            OR i.recording_id IN (SELECT value FROM json_each(:recordings)))
        AND (:spans IS NULL
            OR (i.is_media = 0 AND i.start_ns >= :since AND i.start_ns < :until)
            OR EXISTS (
                SELECT 1 FROM spans s WHERE s.id = i.recording_id
                AND (i.start_ns IS NULL OR (i.is_media = 1 AND i.start_ns >= s.first AND i.start_ns < s.after))))
        LIMIT 8001
"""
_SPANS = """
    WITH spans AS MATERIALIZED (
        SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS first,
            json_extract(value, '$[2]') AS after
        FROM json_each(coalesce(:spans, '[]'))
    )
"""
_BEST = """
    SELECT i.kind, i.item_id, i.text, i.names, i.tags, i.people, i.camera_id, i.recording_id, i.start_ns, i.is_media,
        r.score, r.ranked
    FROM (SELECT number, score, count(*) OVER () AS ranked FROM candidates ORDER BY score, number LIMIT :most) r
    JOIN find_items i ON i.number = r.number
    ORDER BY r.score, i.start_ns, i.number
"""
_MATCHING = """
    , candidates AS MATERIALIZED (
        SELECT i.number AS number, bm25(find_words, 4.0, 1.0, 3.0, 2.0) AS score
        FROM find_words JOIN find_items i ON i.number = find_words.rowid
        WHERE find_words MATCH :match AND
"""
_LISTING = """
    , candidates AS MATERIALIZED (
        SELECT i.number AS number, 0.0 AS score FROM find_items i WHERE
"""
ASK = _SPANS + _MATCHING + _NARROWED + ")" + _BEST
"""Finds words. `kinds`, `cameras`, `recordings` are JSON lists or NULL, `spans` a list of [recording, from, until]."""

LIST = _SPANS + _LISTING + _NARROWED + ")" + _BEST
"""Finds what lies where, without words."""

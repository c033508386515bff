"""Transcript files of every form are read whole, and every line that was not is told."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.transcripts.read_records import (
    MOST_CUES,
    MOST_FILE_BYTES,
    NotRead,
    ReadTranscript,
    TimeBase,
    TranscriptFormat,
)
from annotations.transcripts.reading import read_transcript
from evidence.text import clean_text
from evidence.times import NS_PER_S

S = NS_PER_S


def read(content: str | bytes) -> ReadTranscript:
    found = read_transcript(content.encode() if isinstance(content, str) else content)
    assert isinstance(found, ReadTranscript), found
    return found


def rows(found: ReadTranscript) -> list[tuple[float, float, str, str]]:
    return [(cue.start_ns / S, cue.end_ns / S, cue.speaker, cue.text) for cue in found.cues]


def as_docx(*lines: str, table: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if table is not None:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in enumerate(table):
            for column, text in enumerate(cells):
                made.cell(row, column).text = text
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def test_webvtt_with_voices_notes_styles_and_entities() -> None:
    found = read(
        "WEBVTT - Op Lamppost\nKind: captions\nLanguage: en-GB\n\n"
        "STYLE\n::cue { color: red }\n\nNOTE who wrote this\nand when\n\n"
        "1\n00:00:01.000 --> 00:00:02.500 align:start\n<v.loud DC Harper>Stop &amp; <i>stay</i> there</v>\n\n"
        "00:03.250 --> 00:04.000\n<v Ms Şahin>Why?</v> <v DC Harper>Because.</v>\n"
    )
    assert rows(found) == [
        (1.0, 2.5, "DC Harper", "Stop & stay there"),
        (3.25, 4.0, "Ms Şahin", "Why?"),
        (3.25, 4.0, "DC Harper", "Because."),
    ]
    assert (found.format, found.language, found.problems) == (TranscriptFormat.WEBVTT, "en-GB", ())
    assert [cue.line for cue in found.cues] == [12, 15, 15]


def test_webvtt_of_microsoft_is_told_by_its_notes() -> None:
    found = read(
        'WEBVTT\n\nNOTE duration:"00:10:00"\n\nNOTE language:en-gb\n\nNOTE Confidence: 0.9\n\n'
        "4f5c-1/12-0\n00:00:00.030 --> 00:00:02.000\n<v Jo Grey>Morning.</v>\n"
    )
    assert (found.format, found.language) == (TranscriptFormat.MICROSOFT, "en-gb")
    assert rows(found) == [(0.03, 2.0, "Jo Grey", "Morning.")]


def test_what_is_wrong_in_webvtt_is_told_line_by_line() -> None:
    found = read(
        "WEBVTT\n\nwords without a time\n\n00:00:05.000 --> 00:00:04.000\nbackwards\n\n"
        "00:00:0x.000 --> 00:00:09.000\nbroken\n\n00:00:01.000 --> 00:00:02.000\n\n"
        "00:00:00.500 --> 00:00:01.000\nfirst in time\n"
    )
    assert rows(found) == [(0.5, 1.0, "", "first in time"), (5.0, 10.0, "", "backwards")]
    assert [(one.line, one.is_lost) for one in found.problems] == [(3, True), (5, False), (8, True), (11, False)]
    assert "broken" in found.problems[2].text
    assert "words without a time" in found.problems[0].text
    assert any("sorted" in note for note in found.notes)


def test_subrip_with_markup_wrong_numbers_and_speakers() -> None:
    found = read(
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<b>DC HARPER:</b> Stop\r\nthere!\r\n\r\n"
        "7\r\n00:00:03,000 --> 00:00:04,500\r\nI said: wait\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n1984\r\n"
    )
    assert found.format is TranscriptFormat.SUBRIP
    assert rows(found) == [
        (1.0, 2.0, "DC HARPER", "Stop\nthere!"),
        (3.0, 4.5, "", "I said: wait"),
        (5.0, 6.0, "", "1984"),
    ]


def test_subrip_with_an_empty_line_inside_a_cue_loses_nothing() -> None:
    found = read("junk\n1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo\n\n2\n00:00:03,000 --> 99:99:99,000\nlate\n")
    assert rows(found) == [(1.0, 2.0, "", "one\ntwo")]
    assert [(one.line, one.is_lost) for one in found.problems] == [(1, True), (9, True)]
    assert "late" in found.problems[1].text


@pytest.mark.parametrize("broken", ["00:00:15,000 --> bad", "00:00:15 --> 00:0x:17", "bad --> 00:00:17,000"])
def test_words_under_times_that_cannot_be_read_are_nobodys(broken: str) -> None:
    found = read(
        f"1\n00:00:10,000 --> 00:00:13,000\nMALE: I have done nothing.\n\n2\n{broken}\nOFFICER: I hit him.\nTwice.\n\n"
        "3\n00:00:20,000 --> 00:00:22,000\nOFFICER: Put it down.\n"
    )
    assert rows(found) == [
        (10.0, 13.0, "MALE", "I have done nothing."),
        (20.0, 22.0, "OFFICER", "Put it down."),
    ]
    assert [(one.line, one.is_lost, one.text) for one in found.problems] == [
        (6, True, broken),
        (7, True, "OFFICER: I hit him."),
        (8, True, "Twice."),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_finds_its_columns_by_name(separator: str) -> None:
    head = separator.join(["Speaker Name", "Text", "Start time", "End time"])
    row = separator.join(["PC Marsh", '"Stop, or; I | say\tso"', "00:00:01.5", "00:00:03"])
    found = read(f"{head}\n{row}\n{separator.join(['', 'Next', '4.25', ''])}\n")
    assert found.format is TranscriptFormat.CSV
    assert rows(found)[0][:3] == (1.5, 3.0, "PC Marsh")
    assert rows(found)[1] == (4.25, 9.25, "", "Next")
    assert "Stop, or; I | say so" in found.cues[0].text


def test_csv_in_ms_dated_and_with_frames() -> None:
    assert rows(read("start_ms,duration_ms,text\n1500,500,a\n")) == [(1.5, 2.0, "", "a")]
    dated = read("time,text\n2026-03-14T21:32:07.250Z,a\n2026-03-14T21:32:09Z,b\n")
    assert (dated.base, dated.cues[0].start_ns) == (TimeBase.DATED, 1_773_523_927_250_000_000)
    assert read("time,text\n2026-03-14 21:32:07,a\n").base is TimeBase.DATED_LOCAL
    framed = read("timecode,text\n00:00:01:12,a\n")
    assert rows(framed)[0][0] == 1.0
    assert "frames" in framed.notes[0]


def test_csv_rows_without_a_time_are_told() -> None:
    found = read("Report of Tuesday,,\nstart,text,end\n1,a,2\nsoon,b,\n3,c,later\n")
    assert rows(found) == [(1.0, 2.0, "", "a"), (3.0, 8.0, "", "c")]
    assert [(one.line, one.is_lost) for one in found.problems] == [(1, True), (4, True), (5, False)]


WORD = [
    "Audio file",
    "interview.wav",
    "Transcript",
    "00:00:05 Speaker 1",
    "Good morning. Sit down.",
    "00:00:09 Speaker 2",
    "Thanks.",
]
TEAMS = ["Jo Grey   0:05", "Good morning.", "And welcome.", "Sam O'Neil   1:02:09", "Thanks."]
OLD_TEAMS = ["0:0:5.120 --> 0:0:7.30", "Jo Grey", "Good morning.", "0:0:9.0 --> 0:0:10.0", "Sam O'Neil", "Thanks."]
AXON = ["Axon Evidence transcript", "[00:00:05] DC HARPER: Stop there.", "[00:00:09] Unknown: Why?"]
TYPED = ["DC Harper (00:05): Stop there.", "Ms Smith (00:09): Why?"]


@pytest.mark.parametrize(
    ("lines", "kind", "expected"),
    [
        (
            WORD,
            TranscriptFormat.MICROSOFT,
            [(5, 9, "Speaker 1", "Good morning. Sit down."), (9, 14, "Speaker 2", "Thanks.")],
        ),
        (
            TEAMS,
            TranscriptFormat.MICROSOFT,
            [(5, 15, "Jo Grey", "Good morning.\nAnd welcome."), (3729, 3734, "Sam O'Neil", "Thanks.")],
        ),
        (
            OLD_TEAMS,
            TranscriptFormat.MICROSOFT,
            [(5.12, 7.3, "Jo Grey", "Good morning."), (9, 10, "Sam O'Neil", "Thanks.")],
        ),
        (AXON, TranscriptFormat.AXON, [(5, 9, "DC HARPER", "Stop there."), (9, 14, "Unknown", "Why?")]),
        (TYPED, TranscriptFormat.TEXT, [(5, 9, "DC Harper", "Stop there."), (9, 14, "Ms Smith", "Why?")]),
    ],
)
@pytest.mark.parametrize("form", ["text", "docx"])
def test_running_text_of_every_maker(
    lines: list[str], kind: TranscriptFormat, expected: list[tuple[float, float, str, str]], form: str
) -> None:
    found = read(as_docx(*lines) if form == "docx" else "\n".join(lines))
    assert rows(found) == expected
    assert found.format is kind


def test_a_table_in_a_document() -> None:
    table = [["Time", "Speaker", "Text"], ["00:00:01", "DC Harper", "Stop"], ["00:00:04", "Ms Smith", "Why?"]]
    found = read(as_docx("Record of interview", table=table))
    assert rows(found) == [(1, 4, "DC Harper", "Stop"), (4, 9, "Ms Smith", "Why?")]
    assert [one.text for one in found.problems] == ["Record of interview"]
    bare = read(as_docx(table=table[1:]))
    assert rows(bare) == rows(found)


def test_encodings_are_found_and_guesses_are_told() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nCafé Şahin – “no”\n"
    for codec, name in (("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16 (guessed)")):
        found = read(text.encode(codec))
        assert (found.cues[0].text, found.encoding) == ("Café Şahin – “no”", name)
    latin = read("WEBVTT\n\n00:01.000 --> 00:02.000\nCafé – “no”\n".encode("cp1252"))
    assert latin.cues[0].text == "Café – “no”"
    assert "not UTF-8 (from line 4 on)" in latin.notes[0]


def test_script_and_control_characters_are_only_text() -> None:
    found = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n&lt;script&gt;alert(1)&lt;/script&gt;\x07\x1b[31m \u202edrow\n"
        "\n00:03.000 --> 00:04.000\n<script>alert(2)</script>=HYPERLINK(1)\n"
    )
    assert found.cues[0].text == r"<script>alert(1)</script>\x07\x1b[31m \u202edrow"
    assert found.cues[1].text == "alert(2)=HYPERLINK(1)"


def test_overlapping_cues_are_kept_as_they_are() -> None:
    found = read("WEBVTT\n\n00:01.000 --> 00:09.000\na\n\n00:02.000 --> 00:03.000\nb\n")
    assert rows(found) == [(1, 9, "", "a"), (2, 3, "", "b")]
    assert found.problems == ()


def refusal(content: bytes) -> NotRead:
    found = read_transcript(content)
    assert isinstance(found, NotRead)
    return found


def zipped(name: str, content: bytes) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return saved.getvalue()


_OPEN = b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'


def test_bombs_are_refused_quickly() -> None:
    bomb = zipped("word/document.xml", _OPEN + b" " * 300_000_000)
    assert len(bomb) < 400_000
    assert "300 MB when unpacked" in refusal(bomb).happened
    lying = bytearray(bomb)
    for size in re.finditer(re.escape((len(_OPEN) + 300_000_000).to_bytes(4, "little")), bomb):
        lying[size.start() : size.end()] = (1000).to_bytes(4, "little")
    assert isinstance(read_transcript(bytes(lying)), NotRead)
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + _OPEN + b"&b;"
    assert "document type" in refusal(zipped("word/document.xml", laughs)).happened
    deep = _OPEN + b"<w:p>" * 5_000
    assert "nested deeper" in refusal(zipped("word/document.xml", deep)).happened
    outside = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + _OPEN
    assert "document type" in refusal(zipped("word/document.xml", outside)).happened
    assert "no Word document" in refusal(zipped("a.txt", b"x")).happened


def test_what_is_too_large_is_refused_and_says_so() -> None:
    assert "20 MB" in refusal(b"a" * (MOST_FILE_BYTES + 1)).happened
    many = "WEBVTT\n\n" + "0:01.000 --> 0:02.000\na\n\n" * (MOST_CUES + 1)
    assert f"{MOST_CUES:,}" in refusal(many.encode()).happened


def test_what_is_no_transcript_says_what_was_tried() -> None:
    found = refusal(b"Dear Sir,\nplease find enclosed\n")
    assert found.problems[0].text == "Dear Sir,"
    assert "WebVTT" in found.remedy
    assert "empty" in refusal(b" \n").happened
    assert ".doc" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest").happened


def is_sound(content: bytes) -> None:
    found = read_transcript(content)
    if isinstance(found, NotRead):
        assert found.happened
        assert found.remedy
        return
    starts = [cue.start_ns for cue in found.cues]
    assert starts == sorted(starts)
    for cue in found.cues:
        assert 0 <= cue.start_ns < cue.end_ns
        assert cue.text
        assert clean_text(cue.speaker) == cue.speaker
        assert all(clean_text(line) == line for line in cue.text.split("\n"))


TIME = st.sampled_from(
    ["00:00:01.000", "0:1", "99:59:59,999", "00:61", "1.5", "-1", "00:00:01:12", "2026-03-14T21:00:00Z", "x"]
)
PIECE = st.one_of(
    TIME,
    st.sampled_from(
        ["\n", "\n\n", " --> ", "WEBVTT\n\n", "NOTE ", "<v A B>", "</v>", "<", ">", "start,end,text\n", "1\n"]
    ),
    st.sampled_from(
        [",", ";", '"', "\t", "Speaker 1: ", "[", "]", "(", ")", "\x00", "\u202e", "&amp;", "{\\an8}", "é"]
    ),
    st.text(max_size=12),
)


@given(st.lists(PIECE, max_size=40).map("".join))
@settings(max_examples=60)
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    is_sound(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"WEBVTT\n\n", b"\xff\xfe", b"start,text\n"]))
@settings(max_examples=40)
def test_any_bytes_are_read_or_refused_in_words(content: bytes, head: bytes) -> None:
    is_sound(head + content)


@given(st.data())
@settings(max_examples=15)
def test_a_document_with_broken_bytes_is_read_or_refused_in_words(data: st.DataObject) -> None:
    whole = bytearray(as_docx(*WORD))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    is_sound(bytes(whole))

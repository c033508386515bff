"""The `sightline` command line: everything that the window does to a case can be done without it.

`--json` is for machines; the exit code is 0 only when all went well. Each module holds the commands of one topic;
`app.cli.main` puts them together and is the only gate for errors.
"""

"""Folders: which files are documents."""

from pathlib import Path

from corpus.folder import files_under


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("文")


def found(*paths: Path, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in files_under(paths)]


def test_known_formats_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a.pdf", "sub/c.DOCX", "旧.doc", "x.png", ".hidden.md", ".git/d.md")
    make(tmp_path, "~$a.docx", "sub/.cache/e.md")
    assert found(tmp_path, root=tmp_path) == ["a.pdf", "b.md", "sub/c.DOCX", "旧.doc"]


def test_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    make(tmp_path, ".hidden.md", "x.png", ".gitignore")
    named = [tmp_path / ".hidden.md", tmp_path / "x.png"]
    assert list(files_under(named)) == named


def test_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "docs/a.md", "docs/draft/b.md", "docs/keep/c.log", "docs/d.log", "docs/e.tmp.md")
    make(tmp_path, "docs/sub/only.md", "docs/sub/other.md", "build/f.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("build/\n*.log\n/docs/draft\n")
    (tmp_path / "docs" / ".gitignore").write_text("*.tmp.md\n!keep/c.log\n# 说明\n")
    (tmp_path / "docs" / "sub" / ".gitignore").write_text("*\n!only.md\n")
    kept = ["docs/a.md", "docs/keep/c.log", "docs/sub/only.md"]
    assert found(tmp_path, root=tmp_path) == kept
    assert found(tmp_path / "docs", root=tmp_path) == kept


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "in/a.md", "in/sub/b.md", "out/secret.md")
    (tmp_path / "in" / "link.md").symlink_to(tmp_path / "out" / "secret.md")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "z.md").symlink_to(tmp_path / "in" / "sub" / "b.md")
    (tmp_path / "in" / "gone.md").symlink_to(tmp_path / "nowhere.md")
    assert found(tmp_path / "in", root=tmp_path) == ["in/a.md", "in/sub/b.md", "in/z.md"]

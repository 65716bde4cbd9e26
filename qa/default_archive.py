"""The archive that ships with Isnad."""

import hashlib
import shutil
import tempfile
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from index.archive import Archive
from index.documents import read_documents
from index.embedding import bundled_embedder
from index.errors import IsnadError
from index.manifest import FORMAT
from index.passages import PASSAGE_CHARACTERS


@cache
def default_archive() -> Archive:
    """Return the archive of seeds/, built on first use in the user's cache folder.

    Its folder is named after what it is made of, so a new model or new seeds get a new archive.

    Raises:
        IsnadError: the cache folder cannot be written.
    """
    with as_file(files("seeds") / "articles") as articles:
        documents = list(read_documents(articles))
    made_of = hashlib.sha256(f"{FORMAT} {PASSAGE_CHARACTERS} {bundled_embedder().fingerprint}".encode())
    for document in documents:
        made_of.update(document.sha256.encode())
    cache_folder = user_cache_path("isnad")
    folder = cache_folder / f"seeds-{made_of.hexdigest()[:16]}"
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
        with FileLock(cache_folder / "seeds.lock"):
            try:
                return Archive.open(folder)
            except IsnadError:  # not there yet, or damaged: it is only a cache
                shutil.rmtree(folder, ignore_errors=True)
            # Built beside and moved into place whole: a process killed here leaves no half archive.
            with tempfile.TemporaryDirectory(dir=cache_folder) as building:
                with Archive.create(Path(building) / "archive") as archive:
                    archive.add(documents)
                (Path(building) / "archive").rename(folder)
            return Archive.open(folder)
    except OSError as error:
        raise IsnadError(
            f"cannot build the archive that ships in {cache_folder}: {error.strerror}. Make that folder "
            f"writable, or set XDG_CACHE_HOME to one that is"
        ) from error

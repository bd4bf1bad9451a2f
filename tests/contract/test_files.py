"""What every Files does: content named by its hash, copies that never go back (J9, I11)."""

import hashlib
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from cvplus_workflow.errors import Code, WorkflowError
from tests.contract.back_ends import BackEnd

PLACE = "users/ann/generated/job1/cv.html"


def code_of(call: object, *arguments: object) -> Code:
    with pytest.raises(WorkflowError) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize("size", [1, 64_000, 64_001, 2_000_000])
def test_content_is_named_by_its_hash_and_comes_back_as_it_was(
    back_end: BackEnd, size: int
) -> None:
    content = (bytes(range(256)) * 8_000)[:size]
    file = back_end.files.put("job1", content, "application/pdf")
    assert file.hash == hashlib.sha256(content).hexdigest()
    assert (file.size, file.media_type) == (len(content), "application/pdf")
    assert back_end.files.get("job1", file) == content


def test_the_same_content_twice_is_one_file_and_empty_content_is_a_file(back_end: BackEnd) -> None:
    assert back_end.files.put("job1", b"a", "text/html") == back_end.files.put(
        "job1", b"a", "text/html"
    )
    assert back_end.files.get("job1", back_end.files.put("job1", b"", "text/html")) == b""


def test_content_is_found_in_its_own_folder_only(back_end: BackEnd) -> None:
    file = back_end.files.put("job1", b"a", "text/html")
    assert code_of(back_end.files.get, "job2", file) == Code.NOT_FOUND


def test_damaged_content_is_never_handed_out(back_end: BackEnd) -> None:
    file = back_end.files.put("job1", b"the CV", "text/html")
    back_end.files.publish(PLACE, "job1", file, 1)
    back_end.damage("job1", file)
    assert code_of(back_end.files.get, "job1", file) == Code.DATA_LOSS
    assert code_of(back_end.files.publish, PLACE, "job1", file, 2) == Code.DATA_LOSS
    assert back_end.files.published(PLACE) == b"the CV"


def test_files_outlive_the_process(back_end: BackEnd) -> None:
    contents = [b"a", b"b" * 100_000]
    files = [back_end.files.put("job1", content, "text/html") for content in contents]
    back_end.files.publish(PLACE, "job1", files[0], 1)
    back_end.reopen()
    assert [back_end.files.get("job1", file) for file in files] == contents
    assert back_end.files.published(PLACE) == b"a"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "..", ".", "", "a/../.."])
def test_a_path_that_leaves_its_folder_is_refused(back_end: BackEnd, path: str) -> None:
    files, file = back_end.files, back_end.files.put("job1", b"a", "text/html")
    assert code_of(files.put, path, b"a", "text/html") == Code.INVALID_ARGUMENT
    assert code_of(files.get, path, file) == Code.INVALID_ARGUMENT
    assert code_of(files.delete_folder, path) == Code.INVALID_ARGUMENT
    assert code_of(files.publish, path, "job1", file, 1) == Code.INVALID_ARGUMENT
    assert code_of(files.published, path) == Code.INVALID_ARGUMENT
    assert code_of(files.unpublish, path) == Code.INVALID_ARGUMENT


@pytest.mark.parametrize("name", ["../../../outside", "/etc/hostname", "..", ""])
def test_a_hash_that_is_none_leads_nowhere(back_end: BackEnd, name: str) -> None:
    file = replace(back_end.files.put("job1", b"a", "text/html"), hash=name)
    assert code_of(back_end.files.get, "job1", file) == Code.INVALID_ARGUMENT


def test_a_copy_never_goes_back_to_an_older_generation(back_end: BackEnd) -> None:
    old = back_end.files.put("job1", b"old", "text/html")
    new = back_end.files.put("job1", b"new", "text/html")
    back_end.files.publish(PLACE, "job1", old, 1)
    back_end.files.publish(PLACE, "job1", new, 2)
    back_end.files.publish(PLACE, "job1", old, 1)
    assert back_end.files.published(PLACE) == b"new"


def test_the_newest_copy_stays_in_whatever_order_many_are_published(back_end: BackEnd) -> None:
    generations = range(1, 17)
    files = {g: back_end.files.put("job1", b"%d" % g, "text/html") for g in generations}
    start = threading.Barrier(len(generations))

    def publish(generation: int) -> None:
        start.wait(10)
        back_end.files.publish(PLACE, "job1", files[generation], generation)

    with ThreadPoolExecutor(len(generations)) as threads:
        list(threads.map(publish, generations))
    assert back_end.files.published(PLACE) == b"16"


def test_a_copy_that_is_removed_is_gone_and_can_be_made_anew(back_end: BackEnd) -> None:
    file = back_end.files.put("job1", b"a", "text/html")
    back_end.files.publish(PLACE, "job1", file, 5)
    for _ in range(2):
        back_end.files.unpublish(PLACE)
        assert code_of(back_end.files.published, PLACE) == Code.NOT_FOUND
    back_end.files.publish(PLACE, "job1", file, 1)
    assert back_end.files.published(PLACE) == b"a"


def test_a_folder_is_deleted_whole_and_nothing_beside_it(back_end: BackEnd) -> None:
    folders = ["job1", "job10", "job2"]
    kept = {folder: back_end.files.put(folder, folder.encode(), "text/html") for folder in folders}
    back_end.files.delete_folder("job1")
    back_end.files.delete_folder("job1")
    assert code_of(back_end.files.get, "job1", kept["job1"]) == Code.NOT_FOUND
    for folder in folders[1:]:
        assert back_end.files.get(folder, kept[folder]) == folder.encode()


def test_deleted_content_cannot_be_published(back_end: BackEnd) -> None:
    file = back_end.files.put("job1", b"a", "text/html")
    back_end.files.delete_folder("job1")
    assert code_of(back_end.files.publish, PLACE, "job1", file, 1) == Code.NOT_FOUND
    assert code_of(back_end.files.published, PLACE) == Code.NOT_FOUND


def test_many_that_put_and_get_the_same_content_all_find_it_whole(back_end: BackEnd) -> None:
    content = b"x" * 300_000
    rounds = itertools.count()

    def work(_: int) -> bool:
        file = back_end.files.put(f"job{next(rounds) % 3}", content, "text/html")
        back_end.files.put("shared", content, "text/html")
        return back_end.files.get("shared", file) == content

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(24)))

"""What PDFs that become one say to a reader aloud (ISO 32000-1, 14.7)."""

from collections.abc import Iterable
from typing import Any

import pikepdf

_PLAIN = {"/Type", "/K", "/ParentTree", "/ParentTreeNextKey", "/RoleMap", "/IDTree"}


def has_plain(document: pikepdf.Pdf) -> bool:
    """Whether its tags are such as every form has: no classes, nothing but pages numbered in one list, ids in one."""
    tree = document.Root.get("/StructTreeRoot")
    if tree is None or not set(tree.keys()) <= _PLAIN or "/Nums" not in tree.ParentTree:
        return False
    if not isinstance(tree.K, pikepdf.Array) or "/Names" not in tree.get("/IDTree", {"/Names": ()}):
        return False
    return all("/StructParent" not in note for page in document.pages for note in page.get("/Annots", ()))


def add(whole: pikepdf.Pdf, document: pikepdf.Pdf, before: int) -> None:
    """What the pages of a document say comes after what the others say; they are in `whole` already, from `before`."""
    # Copied after its pages, so that it speaks of their copies.
    own, root = whole.copy_foreign(document.Root.StructTreeRoot), whole.Root.StructTreeRoot
    first = int(root.ParentTreeNextKey)
    for page in list(whole.pages)[before:]:
        if "/StructParents" in page:
            page.StructParents = int(page.StructParents) + first
    numbers = list(own.ParentTree.Nums)
    for key, elements in zip(numbers[::2], numbers[1::2], strict=True):
        root.ParentTree.Nums.append(int(key) + first)
        root.ParentTree.Nums.append(elements)
    root.ParentTreeNextKey = first + int(own.ParentTreeNextKey)
    if "/IDTree" in own:
        _add_ids(root, own, f"{before}.".encode())
    for element in own.K:
        element.P = root
        root.K.append(element)
    for role, meaning in own.get("/RoleMap", {}).items():
        if role not in root.RoleMap:
            root.RoleMap[role] = meaning


def _add_ids(root: Any, own: Any, prefix: bytes) -> None:
    """Header cells are called the same in every form, and so get the place of their form before their name.

    No two forms begin at one page, and a form that was joined before keeps the place that it had then behind the new.
    """
    _rename(own.K, prefix)
    if "/IDTree" not in root:
        root.IDTree = pikepdf.Dictionary(Names=pikepdf.Array())
    named = {**_pairs(root.IDTree.Names), **{prefix + name: cell for name, cell in _pairs(own.IDTree.Names).items()}}
    # In the order of their bytes, as a reader looks them up (7.9.6).
    root.IDTree.Names = pikepdf.Array([one for name in sorted(named) for one in (pikepdf.String(name), named[name])])


def _pairs(names: Any) -> dict[bytes, Any]:
    flat = list(names)
    return {bytes(name): cell for name, cell in zip(flat[::2], flat[1::2], strict=True)}


def _rename(elements: Any, prefix: bytes) -> None:
    waiting, done = list(elements), set()
    while waiting:
        element = waiting.pop()
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            continue
        if "/ID" in element:
            element.ID = pikepdf.String(prefix + bytes(element.ID))
        for attribute in _several(element.get("/A")):
            # Cells may share what is said about them.
            if isinstance(attribute, pikepdf.Dictionary) and "/Headers" in attribute and attribute.objgen not in done:
                done |= {attribute.objgen} - {(0, 0)}
                attribute.Headers = pikepdf.Array([pikepdf.String(prefix + bytes(one)) for one in attribute.Headers])
        waiting += _several(element.get("/K"))


def _several(value: Any) -> Iterable[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value]

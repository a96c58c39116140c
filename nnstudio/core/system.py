"""What the system says of files, in the reader's words."""

from __future__ import annotations

import errno

from nnstudio.core.words import tr


def reason(error: OSError) -> str:
    """Say why a file or folder could not be read, written or made, as the end of a sentence without its full stop."""
    known = {
        errno.ENOSPC: tr("the disk is full"),
        errno.EACCES: tr("you have no permission"),
        errno.EPERM: tr("you have no permission"),
        errno.EROFS: tr("nothing can be written to that drive"),
        errno.ENOENT: tr("there is no such file or folder"),
        errno.ENOTDIR: tr("there is no such file or folder"),
        errno.EEXIST: tr("a file of that name is in the way"),
        errno.EISDIR: tr("it is a folder"),
        errno.ENAMETOOLONG: tr("the name is too long"),
    }
    return known.get(error.errno or 0) or tr("the system says {text}", text=error.strerror or error)

"""The names of the standard library's modules, whichever supported Python reads the sources (L3)."""

from __future__ import annotations

import sys

# Standard in some of the supported versions, and not in all: what is bundled must not depend on which one synthesizes.
_IN_SOME_VERSIONS = frozenset(
    """
    aifc annotationlib asynchat asyncore audioop cgi cgitb chunk compression crypt distutils imghdr imp lib2to3 mailcap
    msilib nis nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
    """.split()
)

STANDARD_LIBRARY = sys.stdlib_module_names | _IN_SOME_VERSIONS
"""The names of its top-level modules."""

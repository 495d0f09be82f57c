"""Lets tools that know only setup.py build the package; everything it says is in pyproject.toml."""

from setuptools import setup

setup()

"""The project's commands and the environment they run in. Standard library only: nothing is installed yet."""

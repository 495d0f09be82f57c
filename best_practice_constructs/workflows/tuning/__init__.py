"""The states of the workflows that tune a function's memory, as data; they know nothing of the CDK."""

"""The fulfilment service: a workflow without a function, in the Amazon States Language."""

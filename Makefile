# Needs Python 3.11 or newer (with venv), git and make; everything else is installed here, into .venv and node_modules.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do command -v $$name && break; done)
RUN = @$(if $(PYTHON),$(PYTHON),echo "No Python was found on the path: install Python 3.11 or newer." >&2; exit 1;) scripts/bootstrap.py

.PHONY: help demo test unit lint format synth cdk regulated events mutants bench lock clean

help:       ## say what there is
	@sed -n 's/^\([a-z]*\): *## /  make \1 — /p' Makefile

demo:       ## run the order/invoice system on the embedded emulator; KEEP=1 leaves it running
	$(RUN) demo $(if $(KEEP),--keep) $(ARGS)

test:       ## run every test, end to end included
	$(RUN) test $(ARGS)

unit:       ## run the quick tests only
	$(RUN) unit $(ARGS)

lint:       ## check style and types
	$(RUN) lint

format:     ## bring the sources into the project's form
	$(RUN) format

synth:      ## synthesize app.py with the CDK command line and its built-in validation
	$(RUN) synth $(ARGS)

cdk:        ## run the CDK command line on app.py, as in ARGS="deploy --all"
	$(RUN) cdk $(ARGS)

regulated:  ## report what the regulated rule packs (NIST R5, HIPAA, PCI) find in the example
	$(RUN) regulated $(ARGS)

events:     ## write the catalogue of the example's events, unless a consumer could not read what changed
	$(RUN) events

mutants:    ## take each permission of the example's roles away, and report which scenario fails without it
	$(RUN) mutants $(ARGS)

bench:      ## measure, and print the figures side by side
	$(RUN) bench $(ARGS)

lock:       ## resolve the locked requirements again
	$(RUN) lock $(ARGS)

clean:      ## remove what the commands above made
	$(RUN) clean

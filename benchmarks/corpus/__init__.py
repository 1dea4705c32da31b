"""Real documents through `codegen.py client`, beside the stock generator: `make test-corpus`."""

"""What every connector shares: the contract, the errors, the guarded HTTP layer, the registry."""

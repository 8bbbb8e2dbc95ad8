"""The whole service on one machine: emulator, gateway, synthetic survey, demonstration."""

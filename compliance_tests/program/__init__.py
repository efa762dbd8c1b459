"""The shipped program under mocks: what it registers, to the letter, without engine or cloud."""

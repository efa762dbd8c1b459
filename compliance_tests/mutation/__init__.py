"""Mutation testing of the policy pack: does a test notice each small change to its code?"""

"""The sandbox's stand-ins for the vendor's provider plugins: gRPC ResourceProviders over boto3.

They serve only the embedded AWS. A real stack runs the vendor's own plugins.
"""

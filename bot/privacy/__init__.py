"""What people can expect of their data: contact details are masked, all is removed in time."""

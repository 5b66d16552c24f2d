"""Web push: notifications on devices while no page is open, by the browsers' push services (RFC 8030, 8291, 8292)."""

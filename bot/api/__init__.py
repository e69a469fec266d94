"""Every HTTP route that is no channel: staff pages, public profiles, the agency's webhook, the site's feed."""

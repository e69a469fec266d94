"""All HTTP routes outside the channels: staff pages, public profiles, the agency's webhook, the site's feed."""

"""The translation memory: finding what people have called a text, exactly or nearly so."""

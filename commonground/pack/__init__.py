"""The review and its registers as files to take away: workbooks, slides, one HTML page."""

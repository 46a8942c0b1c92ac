module wordpress-clone/local/pause

go 1.25.0

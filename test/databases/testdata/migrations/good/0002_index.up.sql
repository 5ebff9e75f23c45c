create index people_name on people (name)

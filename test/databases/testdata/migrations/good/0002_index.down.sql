drop index people_name

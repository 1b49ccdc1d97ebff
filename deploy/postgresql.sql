-- Run once by the database's container, when its volume is empty.
CREATE DATABASE conversations OWNER huanban;

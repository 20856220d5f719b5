-- The raw tables as they were at the end of 1 May 2024, for psql and for duckdb. Money is in cents.
create schema if not exists raw_market;

drop table if exists raw_market.stores cascade;
create table raw_market.stores (
    id integer, name varchar(100), region varchar(10), manager varchar(100), updated_at timestamp
);
insert into raw_market.stores values
    (1, 'Altstadt',           'north', 'Renée Müller', '2024-04-28 09:00:00'),
    (2, 'Quay "7"',           'north', null,           '2024-04-29 10:30:00'),
    (3, 'O''Neill & Sons',    'south', 'Jo O''Neill',  '2024-04-30 12:00:00'),
    (4, '山田商店',           'south', '山田 花子',    '2024-05-01 08:15:00');

drop table if exists raw_market.items cascade;
create table raw_market.items (sku varchar(20), name varchar(100), category varchar(50));
insert into raw_market.items values
    ('A-1', 'Apples, red',  'fruit'),
    ('B-2', 'Bread "rye"',  'bakery'),
    ('C-3', 'Cheese 30 %',  'dairy');

drop table if exists raw_market.sales cascade;
create table raw_market.sales (
    id integer, store_id integer, sku varchar(20), quantity integer, unit_price integer, sold_at timestamp, loaded_at timestamp
);
insert into raw_market.sales values
    (101, 1, 'A-1', 3,  120, '2024-04-30 09:10:00', '2024-04-30 23:00:00'),
    (102, 1, 'B-2', 1,  480, '2024-04-30 17:45:00', '2024-04-30 23:00:00'),
    (103, 2, 'A-1', 10, 115, '2024-04-30 18:00:00', '2024-04-30 23:00:00'),
    (104, 3, 'C-3', 2,  399, '2024-05-01 10:00:00', '2024-05-01 23:00:00'),
    (105, 4, 'B-2', 2,  480, '2024-05-01 12:30:00', '2024-05-01 23:00:00');

-- The raw tables as they were at the end of 2 August 2024, for psql and for duckdb.
create schema if not exists farm;
create schema if not exists scale_house;

drop table if exists farm.growers cascade;
create table farm.growers (
    id integer, name varchar(100), village varchar(50), organic boolean, "Since Year" integer, updated_at timestamp
);
insert into farm.growers values
    (1, 'Mühlbauer & Söhne', 'Unterdorf', true,  1987, '2024-07-01 08:00:00'),
    (2, 'O''Neill "East"',   'Quay',      false, 2004, '2024-07-02 09:30:00'),
    (3, '山田農園',          null,        null,  2019, '2024-07-03 10:00:00');

drop table if exists farm."Grain Types" cascade;
create table farm."Grain Types" (code varchar(10), "Long Name" varchar(50), grade integer);
insert into farm."Grain Types" values
    ('RYE',   'Rye',           1),
    ('WHEAT', 'Wheat, winter', 2),
    ('OAT',   'Oats "black"',  3);

drop table if exists farm.deliveries cascade;
create table farm.deliveries (
    id integer, grower_id integer, grain varchar(10), kilos integer, moisture decimal(4, 1), delivered_on date, loaded_at timestamp
);
insert into farm.deliveries values
    (1, 1, 'RYE',   1200, 14.2, '2024-08-01', '2024-08-01 20:00:00'),
    (2, 2, 'WHEAT', 800,  13.8, '2024-08-01', '2024-08-01 20:00:00'),
    (3, 1, 'WHEAT', 950,  15.1, '2024-08-02', '2024-08-02 20:00:00'),
    (4, 3, 'OAT',   400,  null, '2024-08-02', '2024-08-02 20:00:00');

drop table if exists farm.letters cascade;
create table farm.letters (id integer, body varchar(200), received_on date);
insert into farm.letters values (1, 'Dear miller: it''s "dry".', '2024-07-30');

drop table if exists scale_house.scales cascade;
create table scale_house.scales (id integer, place varchar(50), max_kilos integer);
insert into scale_house.scales values (1, 'Gate', 5000), (2, 'Yard', 2000);

drop table if exists scale_house.weighings cascade;
create table scale_house.weighings (
    id integer, delivery_id integer, scale_id integer, gross integer, tare integer, weighed_at varchar(20)
);
insert into scale_house.weighings values
    (11, 1, 1, 3700, 2500, '2024-08-01 07:35:00'),
    (12, 2, 1, 3300, 2500, '2024-08-01 09:10:00'),
    (13, 3, 2, 1450, 500,  '2024-08-02 08:05:00'),
    (14, 4, 2, 900,  500,  '2024-08-02 11:45:00');

drop table if exists scale_house.samples cascade;
create table scale_house.samples (id integer, weighing_id integer, protein decimal(4, 1));
insert into scale_house.samples values (21, 12, 12.5), (22, 13, 11.9);

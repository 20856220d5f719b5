-- 3 August: a delivery is corrected, one is new, and one comes late, loaded at the very time that was the last one yesterday.
update farm.deliveries set kilos = 820, loaded_at = timestamp '2024-08-03 20:00:00' where id = 2;
insert into farm.deliveries values
    (5, 2, 'RYE', 1100, 14.9, '2024-08-03', '2024-08-03 20:00:00'),
    (6, 3, 'OAT', 350,  12.0, '2024-08-02', '2024-08-02 20:00:00');

update farm.growers set village = 'Oberdorf', updated_at = timestamp '2024-08-03 07:00:00' where id = 1;
insert into farm.growers values (4, 'Änne Groß', 'Quay', true, 2024, timestamp '2024-08-03 06:00:00');
insert into farm.letters values (2, 'Two lines:
more rain', '2024-08-03');

update scale_house.scales set place = 'Yard, south' where id = 2;
insert into scale_house.weighings values
    (15, 5, 1, 3600, 2500, '2024-08-03 10:00:00'),
    (16, 6, 2, 850,  500,  '2024-08-02 18:20:00');
insert into scale_house.samples values (23, 15, 10.4);

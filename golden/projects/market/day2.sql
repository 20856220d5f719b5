-- 2 May: the till forgets April, a sale is corrected, one comes late, a store changes and one is new.
delete from raw_market.sales where loaded_at < timestamp '2024-05-01 00:00:00';
update raw_market.sales set quantity = 3, loaded_at = timestamp '2024-05-02 23:00:00' where id = 104;
insert into raw_market.sales values
    (106, 2, 'C-3', 1, 405, '2024-05-02 09:00:00', '2024-05-02 23:00:00'),
    (107, 1, 'A-1', 5, 125, '2024-04-30 20:00:00', '2024-05-02 23:00:00'),
    (108, 5, 'B-2', 4, 470, '2024-05-02 16:20:00', '2024-05-02 23:00:00');

update raw_market.stores set manager = 'Ada Byron', updated_at = timestamp '2024-05-02 07:00:00' where id = 2;
insert into raw_market.stores values (5, 'Bridge', 'east', 'Li Wei', timestamp '2024-05-02 08:00:00');
insert into raw_market.items values ('D-4', 'Dates', 'fruit');
